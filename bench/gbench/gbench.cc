// SPDX-License-Identifier: GPL-2.0
/*
 * The only C++ here: hands on to Google Benchmark 1.7.1 what gbench.h says.
 * Everything that the library would abort the process for is refused before,
 * and everything that could throw stands in guard().
 */
#include "gbench.h"

#include <benchmark/benchmark.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <ext/stdio_sync_filebuf.h>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using benchmark::State;

struct gbench {
	benchmark::internal::Benchmark *b;
	std::string name;
	size_t nr_args = SIZE_MAX;	/* not known yet */
	bool iterations = false, seconds = false, real = false, manual = false;
	int error = 0;
};

struct gbench_run {
	State &state;
	int64_t batch = 0;	/* of the loop under way */
	int64_t iterations = state.max_iterations;
	size_t nr_args = 0;
	bool started = false, finished = false, paused = false;
};

static std::vector<std::unique_ptr<gbench>> all;
static gbench_statistic_fn statistic[GBENCH_STATISTICS];
static size_t failed;

static_assert(Counter::kIsRate == static_cast<int>(GBENCH_RATE), "counter");
static_assert(Counter::kAvgThreads == static_cast<int>(GBENCH_AVG_THREADS), "counter");
static_assert(Counter::kIsIterationInvariant ==
	      static_cast<int>(GBENCH_PER_ITERATION_IS), "counter");
static_assert(Counter::kAvgIterations ==
	      static_cast<int>(GBENCH_AVG_ITERATIONS), "counter");
static_assert(static_cast<unsigned int>(Counter::kInvert) == GBENCH_INVERT, "counter");
static_assert(benchmark::kSecond == static_cast<int>(GBENCH_S), "unit");
static_assert(benchmark::oNLogN == static_cast<int>(GBENCH_O_N_LOG_N) &&
	      benchmark::oAuto == static_cast<int>(GBENCH_O_AUTO), "complexity");

/* f(), 0 or -errno, with what it throws as one. */
template <class F> static int guard(F &&f) noexcept
{
	try {
		return f();
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EIO;
	}
}

/* f() on a benchmark when ok; its first error stays with it. */
template <class F> static int set(gbench *b, bool ok, F &&f) noexcept
{
	int ret;

	if (!b)
		return -EINVAL;
	ret = !ok ? -EINVAL : guard([&] { f(b->b); return 0; });
	if (ret && !b->error)
		b->error = ret;
	return ret;
}

/* As set(), for what adds sets of n arguments. */
template <class F> static int set_args(gbench *b, size_t n, bool ok, F &&f) noexcept
{
	int ret = set(b, b && ok && n && n != SIZE_MAX &&
		      (b->nr_args == SIZE_MAX || b->nr_args == n), f);

	if (!ret)
		b->nr_args = n;
	return ret;
}

static void run_one(gbench_fn fn, void *data, size_t nr_args, State &state)
{
	gbench_run r{state};
	gbench_state s = { 0, &r };

	r.nr_args = nr_args;
	fn(&s, data);
	if (!r.finished) {
		if (!state.error_occurred())
			gbench__skip_with_error(&s, r.started ?
						"returned before the end of its loop" :
						"returned without a loop");
		/* The other threads wait for this one at the loop's two ends. */
		gbench__next(&s, 1);
	}
}

extern "C" {

struct gbench *gbench__register(const char *name, gbench_fn fn, void *data)
{
	gbench *b = nullptr;
	int ret;

	ret = name && *name && fn ? guard([&] {
		std::unique_ptr<gbench> g(new gbench());

		g->name = name;
		all.reserve(all.size() + 1);
		b = g.get();
		b->b = benchmark::RegisterBenchmark(name, [=](State &state) {
			run_one(fn, data, b->nr_args == SIZE_MAX ? 0 : b->nr_args, state);
		});
		all.push_back(std::move(g));
		return 0;
	}) : -EINVAL;
	if (!ret)
		return b;
	errno = -ret;
	return nullptr;
}

int gbench__arg(struct gbench *b, int64_t value)
{
	return gbench__args(b, &value, 1);
}

int gbench__args(struct gbench *b, const int64_t *value, size_t n)
{
	return set_args(b, n, value, [=](auto *l) {
		l->Args(std::vector<int64_t>(value, value + n));
	});
}

int gbench__range_of_args(struct gbench *b, int64_t lo, int64_t hi)
{
	return set_args(b, 1, lo <= hi, [=](auto *l) { l->Range(lo, hi); });
}

int gbench__dense_range(struct gbench *b, int64_t lo, int64_t hi, int step)
{
	return set_args(b, 1, lo <= hi && step > 0 && hi <= INT64_MAX - step,
			[=](auto *l) { l->DenseRange(lo, hi, step); });
}

int gbench__ranges(struct gbench *b, const int64_t (*range)[2], size_t n)
{
	bool ok = range;

	for (size_t i = 0; ok && i < n; i++)
		ok = range[i][0] <= range[i][1];
	return set_args(b, n, ok, [=](auto *l) {
		std::vector<std::pair<int64_t, int64_t>> v;

		for (size_t i = 0; i < n; i++)
			v.emplace_back(range[i][0], range[i][1]);
		l->Ranges(v);
	});
}

int gbench__args_product(struct gbench *b, const int64_t *const *list,
			 const size_t *len, size_t n)
{
	bool ok = list && len;

	for (size_t i = 0; ok && i < n; i++)
		ok = list[i] && len[i];
	return set_args(b, n, ok, [=](auto *l) {
		std::vector<std::vector<int64_t>> v;

		for (size_t i = 0; i < n; i++)
			v.emplace_back(list[i], list[i] + len[i]);
		l->ArgsProduct(v);
	});
}

int gbench__range_multiplier(struct gbench *b, int multiplier)
{
	return set(b, multiplier > 1, [=](auto *l) { l->RangeMultiplier(multiplier); });
}

int gbench__arg_names(struct gbench *b, const char *const *name, size_t n)
{
	bool ok = name && n;

	for (size_t i = 0; ok && i < n; i++)
		ok = name[i];
	return set_args(b, n, ok, [=](auto *l) {
		l->ArgNames(std::vector<std::string>(name, name + n));
	});
}

int gbench__threads(struct gbench *b, int n)
{
	return set(b, n > 0, [=](auto *l) { l->Threads(n); });
}

int gbench__thread_range(struct gbench *b, int lo, int hi)
{
	return set(b, lo > 0 && lo <= hi, [=](auto *l) { l->ThreadRange(lo, hi); });
}

int gbench__dense_thread_range(struct gbench *b, int lo, int hi, int step)
{
	return set(b, lo > 0 && lo <= hi && step > 0 && hi <= INT32_MAX - step,
		   [=](auto *l) { l->DenseThreadRange(lo, hi, step); });
}

int gbench__thread_per_cpu(struct gbench *b)
{
	return set(b, true, [](auto *l) { l->ThreadPerCpu(); });
}

int gbench__use_real_time(struct gbench *b)
{
	return set(b, b && !b->manual, [=](auto *l) {
		l->UseRealTime();
		b->real = true;
	});
}

int gbench__use_manual_time(struct gbench *b)
{
	return set(b, b && !b->real, [=](auto *l) {
		l->UseManualTime();
		b->manual = true;
	});
}

int gbench__measure_process_cpu_time(struct gbench *b)
{
	return set(b, true, [](auto *l) { l->MeasureProcessCPUTime(); });
}

int gbench__min_time(struct gbench *b, double seconds)
{
	return set(b, b && seconds > 0 && std::isfinite(seconds) && !b->iterations,
		   [=](auto *l) {
		l->MinTime(seconds);
		b->seconds = true;
	});
}

int gbench__min_warmup_time(struct gbench *b, double seconds)
{
	return set(b, b && seconds >= 0 && std::isfinite(seconds) && !b->iterations,
		   [=](auto *l) {
		l->MinWarmUpTime(seconds);
		b->seconds = true;
	});
}

int gbench__iterations(struct gbench *b, int64_t n)
{
	return set(b, b && n > 0 && !b->seconds, [=](auto *l) {
		l->Iterations(n);
		b->iterations = true;
	});
}

int gbench__repetitions(struct gbench *b, int n)
{
	return set(b, n > 0, [=](auto *l) { l->Repetitions(n); });
}

int gbench__report_aggregates_only(struct gbench *b, bool on)
{
	return set(b, true, [=](auto *l) { l->ReportAggregatesOnly(on); });
}

int gbench__display_aggregates_only(struct gbench *b, bool on)
{
	return set(b, true, [=](auto *l) { l->DisplayAggregatesOnly(on); });
}

int gbench__unit(struct gbench *b, enum gbench_unit unit)
{
	return set(b, unit >= GBENCH_NS && unit <= GBENCH_S, [=](auto *l) {
		l->Unit(static_cast<benchmark::TimeUnit>(unit));
	});
}

int gbench__complexity(struct gbench *b, enum gbench_complexity o)
{
	return set(b, o >= GBENCH_O_NONE && o <= GBENCH_O_AUTO, [=](auto *l) {
		l->Complexity(static_cast<benchmark::BigO>(o));
	});
}

} /* extern "C" */

/*
 * The library's statistics are functions without data of their own: one for
 * each place in statistic[].
 */
template <size_t I> static double at_place(const std::vector<double> &v)
{
	return v.empty() ? 0 : statistic[I](v.data(), v.size());
}

template <size_t... I>
static benchmark::StatisticsFunc *place(size_t i, std::index_sequence<I...>)
{
	static benchmark::StatisticsFunc *const f[] = { at_place<I>... };

	return f[i];
}

extern "C" {

int gbench__statistic(struct gbench *b, const char *name,
		      gbench_statistic_fn fn, bool ratio)
{
	size_t i = 0;
	int ret;

	while (i < GBENCH_STATISTICS && statistic[i] && statistic[i] != fn)
		i++;
	if (b && i == GBENCH_STATISTICS) {
		b->error = b->error ? b->error : -ENOSPC;
		return -ENOSPC;
	}
	ret = set(b, name && *name && fn, [=](auto *l) {
		l->ComputeStatistics(name, place(i, std::make_index_sequence<GBENCH_STATISTICS>()),
				     ratio ? benchmark::kPercentage : benchmark::kTime);
	});
	if (!ret)
		statistic[i] = fn;
	return ret;
}

/*
 * The library is asked once for all iterations, in batches of n, and once more
 * when they are done, which stops its clock.
 */
bool gbench__next(struct gbench_state *s, int64_t n)
{
	gbench_run *r = s->run;

	if (r->finished)
		return false;
	if (n < 1 || (r->started && n != r->batch && !r->state.error_occurred())) {
		gbench__skip_with_error(s, "batches of different size, or of none");
		n = 1;
	}
	s->left = 0;
	if (!r->started) {
		int64_t max = r->state.max_iterations;

		r->started = true;
		r->batch = n;
		r->iterations = max <= INT64_MAX - n ? (max + n - 1) / n * n : max / n * n;
		s->left = r->iterations - n;
		if (r->state.KeepRunningBatch(r->iterations))
			return true;
		s->left = 0;
	} else {
		if (r->paused && !r->state.error_occurred())
			r->state.ResumeTiming();
		r->state.KeepRunningBatch(r->iterations);
	}
	r->finished = true;
	return false;
}

int64_t gbench__take(struct gbench_state *s)
{
	int64_t n;

	if (!gbench__next(s, 1))
		return 0;
	n = s->left + 1;
	s->left = 0;
	return n;
}

int gbench__pause_timing(struct gbench_state *s)
{
	gbench_run *r = s->run;

	if (!r->started || r->finished || r->paused || r->state.error_occurred())
		return -EINVAL;
	r->paused = true;
	return guard([=] { r->state.PauseTiming(); return 0; });
}

int gbench__resume_timing(struct gbench_state *s)
{
	gbench_run *r = s->run;

	if (r->finished || !r->paused || r->state.error_occurred())
		return -EINVAL;
	r->paused = false;
	return guard([=] { r->state.ResumeTiming(); return 0; });
}

int gbench__set_iteration_time(struct gbench_state *s, double seconds)
{
	if (!(seconds >= 0) || !std::isfinite(seconds))
		return -EINVAL;
	return guard([=] { s->run->state.SetIterationTime(seconds); return 0; });
}

int64_t gbench__range(struct gbench_state *s, size_t i)
{
	if (i < s->run->nr_args)
		return s->run->state.range(i);
	gbench__skip_with_error(s, "asked for an argument it does not have");
	return 0;
}

int gbench__thread_index(const struct gbench_state *s)
{
	return s->run->state.thread_index();
}

int gbench__thread_count(const struct gbench_state *s)
{
	return s->run->state.threads();
}

int64_t gbench__max_iterations(const struct gbench_state *s)
{
	return s->run->iterations;
}

int gbench__counter(struct gbench_state *s, const char *name, double value,
		    unsigned int flags)
{
	if (!name || !*name)
		return -EINVAL;
	return guard([=] {
		s->run->state.counters[name] =
			Counter(value, static_cast<Counter::Flags>(flags & ~GBENCH_1024),
				flags & GBENCH_1024 ? Counter::kIs1024 : Counter::kIs1000);
		return 0;
	});
}

int gbench__counter_int(struct gbench_state *s, const char *name,
			int64_t value, unsigned int flags)
{
	return gbench__counter(s, name, static_cast<double>(value), flags);
}

int gbench__set_items_processed(struct gbench_state *s, int64_t n)
{
	return guard([=] { s->run->state.SetItemsProcessed(n); return 0; });
}

int gbench__set_bytes_processed(struct gbench_state *s, int64_t n)
{
	return guard([=] { s->run->state.SetBytesProcessed(n); return 0; });
}

int gbench__set_complexity_n(struct gbench_state *s, int64_t n)
{
	if (n < 1)
		return -EINVAL;
	s->run->state.SetComplexityN(n);
	return 0;
}

int gbench__set_label(struct gbench_state *s, const char *label)
{
	if (!label)
		return -EINVAL;
	return guard([=] { s->run->state.SetLabel(label); return 0; });
}

int gbench__skip_with_error(struct gbench_state *s, const char *why)
{
	s->left = 0;
	return guard([=] {
		s->run->state.SkipWithError(why ? why : "skipped");
		return 0;
	});
}

bool gbench__skipped(const struct gbench_state *s)
{
	return s->run->state.error_occurred();
}

/* --help and wrong values: the library would exit with 0 after its helper. */
struct helped { };

int gbench__initialize(int *argc, char **argv)
{
	bool asked = false;

	if (!argc || *argc < 1 || !argv)
		return -EINVAL;
	for (int i = 1; i < *argc; i++)
		asked |= !strcmp(argv[i], "--help");
	try {
		benchmark::Initialize(argc, argv, [] {
			benchmark::PrintDefaultHelp();
			fflush(stdout);
			throw helped();
		});
		return 0;
	} catch (const helped &) {
		return asked ? 1 : -EINVAL;
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EIO;
	}
}

bool gbench__report_unrecognized(int argc, char **argv)
{
	bool more = argc > 1;

	guard([&] {
		more = benchmark::ReportUnrecognizedArguments(argc, argv);
		return 0;
	});
	return more;
}

int gbench__add_context(const char *key, const char *value)
{
	if (!key || !*key || !value)
		return -EINVAL;
	return guard([=] {
		auto *context = benchmark::internal::GetGlobalContext();

		if (context && context->count(key))
			return -EEXIST;
		benchmark::AddCustomContext(key, value);
		return 0;
	});
}

} /* extern "C" */

/*
 * One output: a reporter of the library on a stream of C. A new one each time,
 * as JSONReporter and CSVReporter remember that they have begun; of the table's
 * options only the library's own display reporter knows. A CSV is kept to the
 * end, as its header names the counters of the first report and CSVReporter
 * aborts when a later one has others.
 */
class output {
	__gnu_cxx::stdio_sync_filebuf<char> buf;
	std::ostream stream;
	std::unique_ptr<BenchmarkReporter> own;
	BenchmarkReporter *reporter;
	std::vector<BenchmarkReporter::Run> kept;	/* of a CSV */
	bool keep = false;

public:

	output(gbench_format format, FILE *f) : buf(f), stream(&buf)
	{
		BenchmarkReporter *display = nullptr;

		if (format == GBENCH_DISPLAY) {
			display = benchmark::CreateDefaultDisplayReporter();
			if (dynamic_cast<benchmark::JSONReporter *>(display))
				format = GBENCH_JSON;
			else if (!dynamic_cast<benchmark::ConsoleReporter *>(display))
				format = GBENCH_CSV;
		}
		if (format == GBENCH_JSON)
			own.reset(new benchmark::JSONReporter());
		else if (format == GBENCH_CONSOLE)
			own.reset(new benchmark::ConsoleReporter(
					benchmark::ConsoleReporter::OO_None));
		else if (format == GBENCH_CSV)
BENCHMARK_DISABLE_DEPRECATED_WARNING
			own.reset(new benchmark::CSVReporter());
BENCHMARK_RESTORE_DEPRECATED_WARNING
		keep = format == GBENCH_CSV;
		reporter = own ? own.get() : display;
		reporter->SetOutputStream(&stream);
	}
	~output()
	{
		reporter->SetOutputStream(&std::cout);
	}
	output(const output &) = delete;
	bool context(const BenchmarkReporter::Context &c)
	{
		return reporter->ReportContext(c);
	}
	void runs(const std::vector<BenchmarkReporter::Run> &r)
	{
		if (keep)
			kept.insert(kept.end(), r.begin(), r.end());
		else
			reporter->ReportRuns(r);
	}
	void end()
	{
		if (!kept.empty())
			reporter->ReportRuns(kept);
		reporter->Finalize();
	}
	std::ostream *to()
	{
		return &stream;
	}
};

/* All outputs as the library's display, as it has one only. */
class outputs : public BenchmarkReporter {
	std::vector<std::unique_ptr<output>> list;

public:
	void add(gbench_format format, FILE *f)
	{
		list.emplace_back(new output(format, f));
		if (list.size() == 1)
			SetOutputStream(list[0]->to());
	}
	bool ReportContext(const Context &context) override
	{
		bool ok = true;

		for (auto &o : list)
			ok &= o->context(context);
		return ok;
	}
	void ReportRuns(const std::vector<Run> &runs) override
	{
		for (auto &run : runs)
			failed += run.error_occurred;
		for (auto &o : list)
			o->runs(runs);
	}
	void Finalize() override
	{
		for (auto &o : list)
			o->end();
	}
};

extern "C" {

long gbench__run(const char *filter, const struct gbench_output *out, size_t nr)
{
	static const gbench_output display = { GBENCH_DISPLAY, stdout };
	long n = 0;
	int ret;

	for (auto &b : all) {
		if (b->error) {
			fprintf(stderr, "gbench: %s was not set up as asked for: %s; "
				"see what the calls on it return\n",
				b->name.c_str(), strerror(-b->error));
			return b->error;
		}
	}
	if (!out || !nr) {
		out = &display;
		nr = 1;
	}
	for (size_t i = 0; i < nr; i++) {
		if (!out[i].file || out[i].format < GBENCH_DISPLAY ||
		    out[i].format > GBENCH_CSV)
			return -EINVAL;
	}
	failed = 0;
	ret = guard([&] {
		outputs o;

		for (size_t i = 0; i < nr; i++)
			o.add(out[i].format, out[i].file);
		n = benchmark::RunSpecifiedBenchmarks(&o, nullptr, filter ? filter :
						      benchmark::GetBenchmarkFilter());
		return 0;
	});
	for (size_t i = 0; i < nr; i++) {
		if (fflush(out[i].file) || ferror(out[i].file))
			ret = ret ? ret : -EIO;
	}
	return ret ? ret : n;
}

size_t gbench__failed(void)
{
	return failed;
}

void gbench__clear(void)
{
	guard([] { benchmark::ClearRegisteredBenchmarks(); return 0; });
	all.clear();
	memset(statistic, 0, sizeof(statistic));
}

void gbench__shutdown(void)
{
	gbench__clear();
	guard([] { benchmark::Shutdown(); return 0; });
	/* Shutdown() frees what the next run would print. */
	benchmark::internal::GetGlobalContext() = nullptr;
}

} /* extern "C" */
