// SPDX-License-Identifier: GPL-2.0
/*
 * How what describes a fault gets from where it is known to where it is used:
 * as 1 to 8 values, by a pointer to a struct that is filled field by field, or
 * by a pointer to one of const fields that one initializer builds.
 *
 * enter() has the values in memory and hands them on to outer(), which hands
 * them on to inner() and uses each again with what that gives, as a page fault
 * handler does: values must outlive the call. "call" forbids inlining, "inline"
 * makes one function of the three; enter() is called either way.
 */
#include "small.h"

struct input { long a1, a2, a3, a4, a5, a6, a7, a8; };
struct fault { long a1, a2, a3, a4, a5, a6, a7, a8; };
struct const_fault { const long a1, a2, a3, a4, a5, a6, a7, a8; };

/* The first k: parameters, arguments, sums. */
#define P1	long a1
#define P2	P1, long a2
#define P3	P2, long a3
#define P4	P3, long a4
#define P5	P4, long a5
#define P6	P5, long a6
#define P7	P6, long a7
#define P8	P7, long a8

#define EACH1(x, between)	x(1)
#define EACH2(x, between)	EACH1(x, between) between x(2)
#define EACH3(x, between)	EACH2(x, between) between x(3)
#define EACH4(x, between)	EACH3(x, between) between x(4)
#define EACH5(x, between)	EACH4(x, between) between x(5)
#define EACH6(x, between)	EACH5(x, between) between x(6)
#define EACH7(x, between)	EACH6(x, between) between x(7)
#define EACH8(x, between)	EACH7(x, between) between x(8)
#define COMMA	,

#define VALUE(i)	a##i
#define OF_INPUT(i)	in->a##i
#define OF_FAULT(i)	f->a##i
#define VALUE_AGAIN(i)	(r ^ a##i)
#define OF_FAULT_AGAIN(i) (r ^ f->a##i)
#define FILL(i)		f->a##i = in->a##i;
#define BUILD(i)	.a##i = in->a##i,

/* By value: the arguments with commas are made by hand, once a number. */
#define V1(x)	x(1)
#define V2(x)	V1(x), x(2)
#define V3(x)	V2(x), x(3)
#define V4(x)	V3(x), x(4)
#define V5(x)	V4(x), x(5)
#define V6(x)	V5(x), x(6)
#define V7(x)	V6(x), x(7)
#define V8(x)	V7(x), x(8)

#define BY_VALUE(k, how, attr)						\
static attr long values_##how##_inner##k(P##k)				\
{									\
	return EACH##k(VALUE, +);					\
}									\
static attr long values_##how##_outer##k(P##k)				\
{									\
	long r = values_##how##_inner##k(V##k(VALUE));			\
									\
	return EACH##k(VALUE_AGAIN, +);					\
}									\
static NOIPA long values_##how##_enter##k(const struct input *in)	\
{									\
	return values_##how##_outer##k(V##k(OF_INPUT));			\
}

#define BY_POINTER(k, how, attr, kind, type)				\
static attr long kind##_##how##_inner##k(const type *f)		\
{									\
	return EACH##k(OF_FAULT, +);					\
}									\
static attr long kind##_##how##_outer##k(const type *f)		\
{									\
	long r = kind##_##how##_inner##k(f);				\
									\
	return EACH##k(OF_FAULT_AGAIN, +);				\
}

#define BY_STRUCT(k, how, attr)						\
BY_POINTER(k, how, attr, struct, struct fault)				\
static attr void struct_##how##_init##k(struct fault *f,		\
					const struct input *in)		\
{									\
	EACH##k(FILL, )							\
}									\
static NOIPA long struct_##how##_enter##k(const struct input *in)	\
{									\
	struct fault f;							\
									\
	struct_##how##_init##k(&f, in);					\
	return struct_##how##_outer##k(&f);				\
}

#define BY_CONST(k, how, attr)						\
BY_POINTER(k, how, attr, const, struct const_fault)			\
static NOIPA long const_##how##_enter##k(const struct input *in)	\
{									\
	struct const_fault f = { EACH##k(BUILD, ) };			\
									\
	return const_##how##_outer##k(&f);				\
}

#define EACH_NUMBER(x, ...)						\
	x(1, __VA_ARGS__) x(2, __VA_ARGS__) x(3, __VA_ARGS__)		\
	x(4, __VA_ARGS__) x(5, __VA_ARGS__) x(6, __VA_ARGS__)		\
	x(7, __VA_ARGS__) x(8, __VA_ARGS__)

EACH_NUMBER(BY_VALUE, call, NOIPA)
EACH_NUMBER(BY_VALUE, inline, INLINE)
/* What fills it gets it unfilled. */
// cppcheck-suppress ctuuninitvar
EACH_NUMBER(BY_STRUCT, call, NOIPA)
// cppcheck-suppress ctuuninitvar
EACH_NUMBER(BY_STRUCT, inline, INLINE)
EACH_NUMBER(BY_CONST, call, NOIPA)
EACH_NUMBER(BY_CONST, inline, INLINE)

/* Which enter() is a direct call: a loop of its own for each. */
#define CASE(k, kind_how)						\
	case k:								\
		SMALL_LOOP(s, data, ({					\
			gbench__forget(in);				\
			gbench__do_not_optimize(kind_how##_enter##k(in)); \
		}));							\
		break;

#define BENCHMARK(kind_how)						\
static void kind_how(struct gbench_state *s, void *data)		\
{									\
	static const struct input input = { 1, 2, 3, 4, 5, 6, 7, 8 };	\
	const struct input *in = &input;				\
									\
	switch (gbench__range(s, 0)) {					\
	EACH_NUMBER(CASE, kind_how)					\
	}								\
}

BENCHMARK(values_call)
BENCHMARK(values_inline)
BENCHMARK(struct_call)
BENCHMARK(struct_inline)
BENCHMARK(const_call)
BENCHMARK(const_inline)

int args__register(void)
{
	static struct small floor = {
		"args/floor", "empty loop", small__floor
	};
	static struct small same[] = {
		{ "args/same:1", "A/A: as args/values/call", values_call },
		{ "args/same:2", "A/A: as args/values/call", values_call },
	};
	static struct small row[] = {
		{ "args/values/call", "values through 2 calls", values_call },
		{ "args/values/inline", "values, inlined", values_inline },
		{ "args/struct-by-pointer/call", "struct filled by a call, pointer through 2 calls", struct_call },
		{ "args/struct-by-pointer/inline", "struct filled and used, inlined", struct_inline },
		{ "args/const-fields/call", "const struct built in one place, pointer through 2 calls", const_call },
		{ "args/const-fields/inline", "const struct, inlined", const_inline },
	};
	struct gbench *b = gbench__register(floor.name, floor.fn, &floor);
	int ret = b ? 0 : -1;

	for (size_t i = 0; !ret && i < sizeof(same) / sizeof(*same); i++) {
		b = gbench__register(same[i].name, same[i].fn, &same[i]);
		ret = b ? gbench__arg(b, 4) : -1;
	}
	for (size_t i = 0; !ret && i < sizeof(row) / sizeof(*row); i++) {
		b = gbench__register(row[i].name, row[i].fn, &row[i]);
		ret = b ? gbench__dense_range(b, 1, 8, 1) : -1;
	}
	return ret;
}
