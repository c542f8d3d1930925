#ifndef FAULTLINE_TSC_H
#define FAULTLINE_TSC_H
#include <stdint.h>
static inline uint64_t tsc__begin(void){ uint32_t lo,hi; __asm__ volatile("lfence; rdtsc":"=a"(lo),"=d"(hi)::"memory"); return (uint64_t)hi<<32|lo;}
static inline uint64_t tsc__end(void){ uint32_t lo,hi,c; __asm__ volatile("rdtscp; lfence":"=a"(lo),"=d"(hi),"=c"(c)::"memory"); return (uint64_t)hi<<32|lo;}
#endif
