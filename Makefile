# SPDX-License-Identifier: GPL-2.0
# Faultline: what does a change to the KVM x86 page-fault handler cost?
# Every entry point; `make help` lists them. V=1 shows whole command lines.

CC	?= gcc
CXX	?= g++
B	:= build
Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' '$1' '$2' >&2)

# What `make torture` plants faults with.
TORTURE	:= $B/plant $B/clock.so $B/ioctl.cpio

# The programs that run on the machine that measures.
CFLAGS	?= -O2 -g
# No path of this folder and no time of day in what is built: bench/tests/release.bats.
REPEAT	:= '-ffile-prefix-map=$(CURDIR)=.' -Werror=date-time
WARN	:= -Wall -Wextra -Werror=implicit-function-declaration -Wmissing-prototypes -Wshadow -Wno-missing-field-initializers
ROOMS	:= bench/cmd bench/report bench/verdict bench/rig bench/source bench/trace bench/record \
	   bench/code bench/stats bench/util
INC	:= $(addprefix -I,$(ROOMS)) -Ibench/plugin -Iguests/include -Ibench/gbench
BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) $(REPEAT) -MMD -MP
LIBS	:= -ljansson -lsqlite3 -lcapstone -ldw -lelf -lcrypto -lgsl -lgslcblas -lz -llzma -lm -pthread

SRCS	:= bench/faultline.c $(foreach d,$(ROOMS),$(sort $(wildcard $d/*.c)))
OBJS	:= $(SRCS:%.c=$B/%.o)
CORE	:= $(filter-out $B/bench/faultline.o $B/bench/cmd/%,$(OBJS))

# What runs inside the host: init is static, the guests are flat images.
VMM_SRCS := $(addprefix bench/host/,chan.c who.c vm.c memory.c dirty.c uffd.c private.c needs.c cell.c perturb.c smp.c linux_guest.c kvmstats.c pmu.c perf_host.c) \
	    bench/record/plan.c bench/record/wire.c bench/util/counters.c
INIT_SRCS := $(addprefix bench/host/,init.c chan_port.c selftest.c) bench/record/checks.c
METAL_SRCS := $(addprefix bench/host/,metal.c chan_pipe.c) \
	      $(addprefix bench/util/,quiet_process.c cpu.c tsc.c die.c err.c paths.c list.c)
HOST_OBJS := $(VMM_SRCS:%.c=$B/host/%.o) $(INIT_SRCS:%.c=$B/host/%.o)
METAL_OBJS := $(VMM_SRCS:%.c=$B/host/%.o) $(METAL_SRCS:%.c=$B/host/%.o)
GUESTS	:= $(sort $(patsubst guests/flat/%.c,%,$(wildcard guests/flat/*.c)))
GUEST_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -ffreestanding -fno-pic -fno-pie \
	-mno-red-zone -mgeneral-regs-only -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables \
	-Iguests/include -Iguests/lib -MMD -MP
GUEST_LDFLAGS := -nostdlib -static -no-pie -Wl,-T,guests/lib/flat.lds \
	-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments
GUEST_LIB := $B/guests/lib/start.o $B/guests/lib/guest-lib.o
# The same payloads compiled for a guest without paging: touch32 is touch.c.
GUESTS32 := touch32
GUEST32_LIB := $B/guests32/lib/start32.o $B/guests32/lib/guest-lib.o

# What runs inside QEMU, and next to Bochs.
PLUGINS	:= $B/faultprobe.so $B/empty.so $B/every.so
BOCHS_TRACE := $B/bochs-trace $B/bochs-stdout.so $B/host.marks
PROBE_SRCS := bench/plugin/faultprobe.c bench/plugin/guest_side.c bench/plugin/exit_path.c bench/plugin/ran.c bench/plugin/code.c \
	      bench/plugin/entry_points.c bench/plugin/api.c bench/code/insn.c
BOCHS_TRACE_SRCS := bench/plugin/bochs_main.c bench/plugin/bochs_trace.c bench/plugin/guest_side.c \
	      bench/plugin/exit_path.c bench/plugin/ran.c bench/plugin/code.c bench/plugin/guest_code.c \
	      bench/plugin/entry_points.c bench/code/insn.c
PLUGIN_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) $(REPEAT) -O2 -g -fPIC \
	-fvisibility=hidden -Ibench/plugin -Ibench/code -MMD -MP

# Google Benchmark, and what it measures outside of the kernel, compiled as the
# host's kernel is, but for what a user's stack, code model and linker forbid.
GBENCH_LIBS := -lbenchmark -lstdc++ -pthread
SMALL_CFLAGS := -std=gnu11 $(WARN) $(REPEAT) -O2 -Wno-unused-function -mno-red-zone -mgeneral-regs-only -mno-80387 \
	-fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks \
	-fno-jump-tables -falign-jumps=1 -falign-loops=1 -fno-PIE -fno-common \
	-fno-asynchronous-unwind-tables -fomit-frame-pointer -fcf-protection=none \
	-fstack-protector-strong -fno-stack-clash-protection -fconserve-stack \
	-ftrivial-auto-var-init=zero -Ibench/gbench -MMD -MP

# The vitro program but for the kernels' copies, which scripts/build-vitro
# links to it; what it takes of other rooms stands below it.
VITRO_ROOMS := bench/vitro bench/record bench/stats bench/util
# Without the history, which no measuring process has a use for.
VITRO_OBJS := $(patsubst %.c,$B/vitro-objs/%.o,$(filter-out bench/record/history%,$(foreach d,$(VITRO_ROOMS),$(sort $(wildcard $d/*.c)))))
VITRO_LIBS := -ljansson -lcrypto -lelf -lz -llzma -lgsl -lgslcblas -lm $(GBENCH_LIBS)

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.PHONY: bench bench-all bench-intel bench-linux bench-boots upstream vitro vitro-threads attribute report nightly
.PHONY: test lint check-series check-variants fuzz simulate torture
.PHONY: all kernels perf gbench deps deps-test docs man dist deb install clean help

##@ Measure

bench: deps ## build all, boot all, print what a fault costs in each variant
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/bench $(BENCH_ARGS)

bench-all: deps ## every base, variant, profile; resumable (RESUME=RUN)
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/bench-all $(RESUME)

bench-intel: ## the three shapes on an Intel CPU, exactly, by Bochs (INTEL_ARGS=)
	$(Q)scripts/deps bochs
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/bench-intel $(INTEL_ARGS)

bench-linux: ## three variants below a Linux guest, with and without perf in the host (LINUX_ARGS=)
	$(Q)scripts/deps perf
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/bench-linux $(LINUX_ARGS)

bench-boots: ## whole boots timed by hyperfine, as table and picture (BOOTS_ARGS=)
	$(Q)scripts/deps perf
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/bench-boots $(BOOTS_ARGS)

upstream: ## what others claimed of the fault path: every series of variants/upstream (UPSTREAM_ARGS=)
	$(Q)scripts/deps bochs
	$(Q)scripts/deps vitro
	$(Q)scripts/deps attribute
	$(Q)$(MAKE) --no-print-directory all $B/vitro.a
	$(Q)scripts/upstream $(UPSTREAM_ARGS)

vitro: ## cycles per fault on this machine, hot and cold, and what retpolines add (VITRO_ARGS=)
	$(Q)scripts/deps vitro
	$(Q)$(MAKE) --no-print-directory all $B/vitro.a
	$(Q)scripts/vitro $(VITRO_ARGS)

vitro-threads: ## what faults cost while 1, 2, 4 and 8 threads fault on one struct kvm (VITRO_ARGS=)
	$(Q)scripts/deps vitro
	$(Q)$(MAKE) --no-print-directory all $B/vitro.a
	$(Q)scripts/vitro-threads $(VITRO_ARGS)

attribute: ## which functions the difference between the variants is in
	$(Q)scripts/deps attribute
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/attribute $(ATTRIBUTE_ARGS)

report: ## a run as files to read and to mail, pictures too (RUN=, else a fresh one; REPORT_ARGS=)
	$(Q)scripts/deps report
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/report $(or $(RUN),fresh) $(REPORT_ARGS)

# It builds what it needs itself, once no other night runs.
nightly: ## newest sources, every cell, history, alert, reports, trend page
	$(Q)scripts/nightly/run

##@ Check

test: deps-test ## unit tests, command line, real boots; or some of them (TESTS=FILE, TESTS=FILE:PATTERN)
	$(Q)$(MAKE) --no-print-directory all unit-tests $B/vitro.a
	$(Q)scripts/run-tests $(if $(TESTS),"$$TESTS")

lint: deps-test ## shellcheck, cppcheck, checks on the tree
	$(Q)scripts/lint

check-series: all ## every step of every series applies, compiles cleanly and reads well
	$(Q)scripts/check-series all
	$(Q)scripts/checkpatch all

# BASE=all: every base, to the end, though one fails.
check-variants: deps all ## the kernel's own selftests in every variant (BASE= VARIANTS=)
	$(Q)r=0; for b in $(if $(filter all,$(BASE)),$(patsubst \
		variants/%/base.conf,%,$(wildcard variants/*/base.conf)),$(or \
		$(BASE),v6.1)); do \
		$B/faultline selftest --base $$b \
			$(addprefix --variants ,$(VARIANTS)) $(CHECK_ARGS) || r=$$?; \
	done; exit $$r

fuzz: deps-test ## fuzz what reads records, runs, acks, profiles, the channel (FUZZ_SECONDS=60)
	$(Q)$(MAKE) --no-print-directory fuzzers
	$(Q)scripts/fuzz $(FUZZ)

torture: deps-test all $(TORTURE) ## at least forty kinds of faults, each planted for real (FAULT= ROUNDS=)
	$(Q)scripts/torture $(addprefix --rounds ,$(ROUNDS)) $(TORTURE_ARGS) $(FAULT)

simulate: deps-test $B/unit/sim_history $B/unit/sim_nights $B/unit/sim_words ## what alert and verdicts say where the truth is known, as tables
	$(Q)$B/unit/sim_history $(SIMULATE)
	$(Q)echo
	$(Q)$B/unit/sim_nights $(SIMULATE_NIGHTS)
	$(Q)echo
	$(Q)$B/unit/sim_words

##@ Develop

all: $B/faultline $B/host.cpio $B/bochs-rom.bin $B/faultline-metal $(PLUGINS) $(BOCHS_TRACE) ## build the programs (no kernels)

kernels: all ## build the kernels of every variant of v6.1, boot nothing
	$(Q)for v in variants/v6.1/*/variant.conf; do \
		scripts/build-kernel v6.1 $$(basename $${v%/*}) off || exit; done

perf: deps-test all $B/vitro.a ## the suite's own speed next to its limits (PERF=--cold: more)
	$(Q)scripts/perf $(PERF)

gbench: deps-test $B/gbench-small ## small benchmarks of arguments and calls on this machine (GBENCH_ARGS=)
	$(Q)$B/gbench-small --benchmark_min_time=0.05 $(GBENCH_ARGS)

dist: ## the tarball of a release, made of HEAD, below build/dist
	$(Q)scripts/dist

deb: ## a Debian source package and its .deb, below build/deb
	$(Q)scripts/deb

deps: ## install what bench needs (root), or say the command
	$(Q)scripts/deps bench

deps-test:
	$(Q)scripts/deps test

docs: all ## fill the marked blocks of README and docs/ with what their commands print
	$(Q)scripts/docs

man: $B/man/faultline.1 ## the man page, made of the help texts
$B/man/faultline.1: $B/faultline scripts/man scripts/lib/docs.sh bench/util/exits.h \
		scripts/lib/environment.conf
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)scripts/man >$@

# DESTDIR goes before every path, for whoever makes a package.
PREFIX	?= /usr/local
# What a run needs next to what is built: scripts, what they compile, what draws.
RUNTIME	:= variants guests bench/vitro/shim bench/vitro/copy.lds \
	   bench/vitro/cells.h bench/vitro/vitro.h bench/util/exits.h \
	   $(wildcard bench/report/*.gp scripts/lib/*.sh scripts/lib/*.conf scripts/lib/*.mk) \
	   $(addprefix scripts/,attribute bench bench-all bench-boots bench-intel bench-linux \
	   build-guest build-kernel build-metal build-perf build-selftests build-shim \
	   booted-code build-vitro deps install-variant make-traps new other-qemu packages.conf report source vitro)

install: all $B/vitro.a man ## put faultline below PREFIX (PREFIX=/usr/local, DESTDIR=)
	$(Q)scripts/install '$(DESTDIR)' '$(PREFIX)' $(RUNTIME)

clean: ## remove build/ (the cache and results stay)
	$(Q)rm -rf $B

help: ## list the entry points
	@sed -nE 's/^##@ (.*)/\n\1:/p; s/^([a-z-]+):.*## (.*)/  make \1\t\2/p' \
		$(MAKEFILE_LIST) | expand -t 24

# Built in as they are, see bench/report/page_files.c.
$B/bench/report/page_files.o: $(wildcard bench/report/*.css bench/report/*.js)

$B/faultline: $(OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(INC) -c -o $@ $<

$B/%.o: %.cc
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) -std=gnu++17 -Wall -Wextra -Wshadow $(REPEAT) -MMD -MP $(CFLAGS) -c -o $@ $<

$B/small/%.o: bench/gbench/%.c
	$(call say,SMALL,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SMALL_CFLAGS) $(filter -Werror%,$(CFLAGS)) -c -o $@ $<

$B/gbench-small: $B/bench/gbench/small.o $B/bench/gbench/gbench.o \
		$B/small/args.o $B/small/dispatch.o $B/small/exits.o
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -o $@ $^ $(GBENCH_LIBS)

# Position-dependent: the kernel's code wants addresses below 2 GiB.
$B/vitro-objs/%.o: %.c
	$(call say,VITRO,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) -fno-pie -Ibench/vitro $(INC) -c -o $@ $<

$B/vitro.a: $(VITRO_OBJS) $B/bench/gbench/gbench.o
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^
	$(Q)echo '$(VITRO_LIBS)' >$B/vitro.libs

$B/plugin/%.o: %.c
	$(call say,PLUGIN,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PLUGIN_CFLAGS) -c -o $@ $<

# With a capstone of its own: QEMU brings one, which may be another version.
$B/faultprobe.so: $(PROBE_SRCS:%.c=$B/plugin/%.o)
	$(call say,LD,$@)
	$(Q)$(CC) -shared -o $@ $^ -Wl,-Bstatic -lcapstone -Wl,-Bdynamic \
		-Wl,--exclude-libs,ALL -Wl,-Bsymbolic

# What stands between Bochs and its records where it traces, and a buffer for what
# it prints.
$B/bochs-trace: $(BOCHS_TRACE_SRCS:%.c=$B/plugin/%.o)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -lcapstone

$B/bochs-stdout.so: $B/plugin/bench/plugin/bochs_stdout.o
	$(call say,LD,$@)
	$(Q)$(CC) -shared -o $@ $^

$B/empty.so $B/every.so: $B/%.so: $B/plugin/bench/plugin/%.o \
		$B/plugin/bench/plugin/api.o
	$(call say,LD,$@)
	$(Q)$(CC) -shared -o $@ $^

$B/host/%.o: %.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) -O2 -Ibench/host -Ibench/record -Ibench/util \
		-Iguests/include -c -o $@ $<

$B/init: $(HOST_OBJS)
$B/faultline-metal: $(METAL_OBJS)
# In the place of init for the tests: it runs faultline-metal and relays.
$B/relay: $B/host/bench/tests/host/relay.o
$B/init $B/faultline-metal $B/relay:
	$(call say,LD,$@)
	$(Q)$(CC) -static -o $@ $^ -lz

# What plants faults for `make torture`.

$B/plant: bench/tests/torture/plant.c
	$(call say,LD,$@)
	$(Q)$(CC) $(BASE_CFLAGS) -O2 -o $@ $<

$B/clock.so: bench/tests/torture/clock.c
	$(call say,LD,$@)
	$(Q)$(CC) $(BASE_CFLAGS) -O2 -fPIC -shared -o $@ $<

$B/init-ioctl: $(HOST_OBJS) $B/host/bench/tests/torture/ioctl.o
	$(call say,LD,$@)
	$(Q)$(CC) -static -Wl,--wrap=ioctl -o $@ $^ -lz

$B/ioctl.cpio: $B/init-ioctl $B/host.cpio
	$(call say,CPIO,$@)
	$(Q)rm -rf $B/ioctl && cp -r $B/initramfs $B/ioctl && cp $B/init-ioctl $B/ioctl/init && strip $B/ioctl/init
	$(Q)cd $B/ioctl && find . -exec touch -d @0 {} + && find . | LC_ALL=C sort | \
		cpio -o -H newc --quiet --reproducible --owner=0:0 > ../ioctl.cpio

# A /dev/kvm for the tests: what says that it is one, and nothing more.
$B/fakekvm.so: bench/tests/host/fakekvm.c
	$(call say,LD,$@)
	$(Q)$(CC) $(BASE_CFLAGS) -O2 -fPIC -shared -o $@ $<

$B/guests/%.o: guests/%.c
	$(call say,GUEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$B/guests/%.o: guests/%.S
	$(call say,GUEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -c -o $@ $<

# Guests that misbehave, for the tests only.
$B/guests/tests/%.o: bench/tests/guests/%.c
	$(call say,GUEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c -o $@ $<

$B/guests32/%.o: guests/%.c
	$(call say,GUEST32,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 $(GUEST_CFLAGS) -c -o $@ $<

$B/guests32/%.o: guests/%.S
	$(call say,GUEST32,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 $(GUEST_CFLAGS) -c -o $@ $<

TEST_GUESTS := $(patsubst bench/tests/guests/%.c,%,$(wildcard bench/tests/guests/*.c))

$(GUESTS:%=$B/guests/%.bin): $B/guests/%.bin: $B/guests/flat/%.o
$(TEST_GUESTS:%=$B/guests/%.bin): $B/guests/%.bin: $B/guests/tests/%.o
$B/guests/nested.bin: $B/guests/lib/svm.o
$B/guests/%.bin: $(GUEST_LIB) guests/lib/flat.lds
	$(call say,FLAT,$@)
	$(Q)$(CC) $(GUEST_LDFLAGS) -o $(@:.bin=.elf) \
		$(GUEST_LIB) $(filter-out $(GUEST_LIB),$(filter %.o,$^))
	$(Q)objcopy -O binary $(@:.bin=.elf) $@

$(GUESTS32:%=$B/guests/%.bin): $B/guests/%32.bin: $B/guests32/flat/%.o $(GUEST32_LIB) guests/lib/flat.lds
	$(call say,FLAT32,$@)
	$(Q)$(CC) -m32 $(GUEST_LDFLAGS) -o $(@:.bin=.elf) $(filter %.o,$^)
	$(Q)objcopy -O binary $(@:.bin=.elf) $@

# Between these the host measures.
$B/host.marks: $B/init
	$(call say,MARKS,$@)
	$(Q)nm $< | awk '$$3 == "pmu__start" { b = $$1 } $$3 == "pmu__stop" { e = $$1 } \
		END { print "begin", b; print "end", e }' >$@

# The archive is the same for the same content: fixed times, modes and order.
$B/host.cpio: $B/init $(GUESTS:%=$B/guests/%.bin) $(GUESTS32:%=$B/guests/%.bin) $(TEST_GUESTS:%=$B/guests/%.bin)
	$(call say,CPIO,$@)
	$(Q)rm -rf $B/initramfs && mkdir -p $B/initramfs/guests
	$(Q)cp $B/init $B/initramfs/init
	$(Q)strip $B/initramfs/init
	$(Q)cp $(filter %.bin,$^) $B/initramfs/guests/
	$(Q)chmod -R u=rwX,go=rX $B/initramfs
	$(Q)find $B/initramfs -exec touch -d @0 {} +
	$(Q)cd $B/initramfs && find . | LC_ALL=C sort | \
		cpio -o -H newc --quiet --reproducible --owner=0:0 > ../host.cpio

# The ROM that Bochs begins with: 64 KiB, as they lie below 4 GiB.
$B/bochs-rom.bin: bench/rig/bochs-rom.S bench/rig/bochs_rom.h
	$(call say,ROM,$@)
	$(Q)$(CC) -c -Ibench/rig -o $(@:.bin=.o) $(filter %.S,$^)
	$(Q)objcopy -O binary -j .text $(@:.bin=.o) $@

# Unit tests: one program per file, linked with everything but the commands.
# vitro_run and refuse are no tests, but what those of the command line need.
UNITS	:= $(patsubst bench/tests/unit/%.c,$B/unit/%,$(wildcard bench/tests/unit/*.c))
.PHONY: unit-tests
unit-tests: $(UNITS) $B/relay $B/fakekvm.so $(TORTURE)

$B/unit/%: bench/tests/unit/%.c $(wildcard bench/tests/unit/*.h) $(CORE)
	$(call say,UNIT,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) -g $(INC) -o $@ $< $(filter %.o,$^) $(LIBS) -lcmocka

$B/unit/test_gbench: $B/bench/gbench/gbench.o
$B/unit/test_gbench: LIBS += $(GBENCH_LIBS)

$B/unit/test_walk: $B/bench/vitro/walk.o
$B/unit/test_walk: INC += -Ibench/vitro

# The VMM's, with kernels that are planted.
$B/unit/test_memory: $(addprefix $B/host/bench/host/,uffd.o private.o needs.o)
$B/unit/test_memory: INC += -Ibench/host

# The plugin's own parts in a test, with room for little.
$B/unit/test_exit_path: $B/unit/exit_path.o $B/unit/ran.o $B/unit/code.o
$B/unit/test_guest_side: $B/unit/guest_side.o $B/unit/exit_path.o $B/unit/ran.o $B/unit/code.o
$B/unit/test_bochs_trace: $(patsubst %.c,$B/plugin/%.o,$(filter bench/plugin/bochs_trace.c \
	bench/plugin/guest_side.c bench/plugin/exit_path.c bench/plugin/ran.c bench/plugin/code.c \
	bench/plugin/guest_code.c,$(BOCHS_TRACE_SRCS)))
$B/unit/%.o: bench/plugin/%.c
	$(call say,UNIT,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PLUGIN_CFLAGS) -DPATH_EVENTS=64 -DPATHS=16 -DSTORE_BYTES=4096 \
		-c -o $@ $<

# Fuzzers of what is read: one program per file of bench/tests/fuzz, with clang's
# libFuzzer and sanitizers over the rooms below cmd/ and report/.
FUZZERS	:= $(patsubst bench/tests/fuzz/%.c,$B/fuzz/%,$(filter-out %/fuzz.c,$(wildcard bench/tests/fuzz/*.c)))
FUZZ_OBJS := $(patsubst %.c,$B/fuzz-objs/%.o,bench/tests/fuzz/fuzz.c $(foreach d,$(filter-out bench/cmd bench/report,$(ROOMS)),$(wildcard $d/*.c)))
FUZZ_CC	:= clang -g -O1 -fno-omit-frame-pointer -std=gnu11 -D_GNU_SOURCE $(INC) -Ibench/tests/fuzz -MMD -MP -fno-sanitize-recover=all
$B/fuzz-objs/%.o: %.c
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$B/fuzz/%: bench/tests/fuzz/%.c $(FUZZ_OBJS)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $< $(FUZZ_OBJS) $(LIBS)

.PHONY: fuzzers
fuzzers: $(FUZZERS)

.SECONDARY:
-include $(FUZZ_OBJS:.o=.d) $(FUZZERS:=.d) $(OBJS:.o=.d) $(HOST_OBJS:.o=.d) $(METAL_OBJS:.o=.d) $(wildcard $B/bench/gbench/*.d $B/bench/vitro/*.d $B/small/*.d) $(VITRO_OBJS:.o=.d) $(wildcard $B/plugin/bench/*/*.d) $(wildcard $B/guests/*/*.d) $(wildcard $B/unit/*.d)
