// SPDX-License-Identifier: GPL-2.0
/*
 * SHA-256 as hex text, computed by OpenSSL.
 */
#include <openssl/evp.h>

#include "util.h"

char *sha256_text(void *md)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	char *hex;

	EVP_DigestFinal_ex(md, digest, &len);
	hex = xcalloc(1, 2 * len + 1);
	for (unsigned int i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return hex;
}

char *path_sha256(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_MD_CTX *md;
	char buf[65536], *hex = NULL;
	size_t n;

	if (!f)
		return NULL;
	md = EVP_MD_CTX_new();
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	while ((n = fread(buf, 1, sizeof(buf), f)))
		EVP_DigestUpdate(md, buf, n);
	if (!ferror(f))
		hex = sha256_text(md);
	EVP_MD_CTX_free(md);
	fclose(f);
	return hex;
}
