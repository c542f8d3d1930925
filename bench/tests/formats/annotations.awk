# SPDX-License-Identifier: GPL-2.0
# Reads workflow commands as GitHub's runner does: ::command key=value,...::text
# with %25, %0D, %0A (and in a value %3A, %2C) for what would end it. Prints
# command, title and text, a line each, with a tab between.

function plain(s, value) {
	gsub(/%0D/, "\r", s); gsub(/%0A/, "\\n", s)
	if (value) { gsub(/%3A/, ":", s); gsub(/%2C/, ",", s) }
	gsub(/%25/, "%", s)
	return s
}
!/^::(error|warning|notice)( [^:]*)?::/ { print "line " NR " is no command: " $0; exit 1 }
{
	line = substr($0, 3)
	at = index(line, "::")
	head = substr(line, 1, at - 1)
	command = head; sub(/ .*/, "", command)
	sub(/^[^ ]* ?/, "", head)
	n = split(head, pair, ",")
	title = ""
	for (i = 1; i <= n; i++) {
		if (pair[i] !~ /^[a-zA-Z]+=./) { print "no property: " pair[i]; exit 1 }
		if (pair[i] ~ /^title=/) title = plain(substr(pair[i], 7), 1)
	}
	print command "\t" title "\t" plain(substr(line, at + 2), 0)
}
