# `make demo` plays the whole road; `make test` proves it. Everything else is a part of those two.

# One scratch folder outside the clone, so that a second clone on the same machine reuses what is built.
SCRATCH := $(or $(WAYBILL_SCRATCH),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/waybill/scratch)
SWIFT_FLAGS := --scratch-path "$(SCRATCH)"
RELEASE_FLAGS := -c release --static-swift-stdlib $(SWIFT_FLAGS)
SHARED ?= ../shared
export PATH := $(PATH):$(or $(WAYBILL_TOOLS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/waybill/tools)
# A crash in a test must end the test, not wait for a debugger.
export SWIFT_BACKTRACE := enable=no

.PHONY: demo test program build format lint bench conformance setup clean

demo: program
	bin/waybill demo

# The program alone: what the demo and a user need.
program: setup
	scripts/static-libraries .libraries
	swift build $(RELEASE_FLAGS) --product waybill
	mkdir -p bin
	cp -f "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"/waybill bin/waybill

build: program
	swift build $(RELEASE_FLAGS) --product waybill-conformance
	swift build $(RELEASE_FLAGS) --product waybill-measure
	cp -f "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"/waybill-conformance bin/waybill-conformance
	cp -f "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"/waybill-measure bin/waybill-measure

# As many tests at once as there are cores: with all of them at once those that speak over the network wait past their limits.
test: setup lint
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --experimental-maximum-parallelization-width "$$(nproc)"
	"$$(swift build $(SWIFT_FLAGS) --show-bin-path)"/waybill-conformance all --cases "$(SHARED)/conformance" --scores Tests/Conformance/scores.json

# The same suites with the release build, for speed.
conformance: build
	bin/waybill-conformance all --cases "$(SHARED)/conformance" --scores Tests/Conformance/scores.json

lint:
	swift format lint --recursive --strict --parallel Package.swift Sources Tests

format:
	swift format --recursive --in-place --parallel Package.swift Sources Tests

bench: build
	scripts/bench $(ONLY)

setup:
	@scripts/setup

clean:
	rm -rf bin .libraries "$(SCRATCH)"
