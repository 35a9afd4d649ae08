# Ardoise: everything a developer or a server asks of the repository.
# Two targets are enough to begin with: "make run" and "make test". Both install the Debian packages they need.

GO ?= go
# The same flags in every command: a changed flag would compile Fyne a second time (about five minutes).
FLAGS := -tags migrated_fynedo
# data and reports first: they tell most, soonest, while the window's C code is still compiling.
PACKAGES := ./data/... ./reports/... ./assets/... ./ui/... ./cmd/...

GOFUMPT := $(GO) run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE := $(GO) run golang.org/x/tools/cmd/deadcode@v0.52.0

# Tests run inside their package's folder, so the place of the shared examples must be absolute.
ARDOISE_SHARED ?= ../shared
SHARED := $(abspath $(ARDOISE_SHARED))
ARDOISE_REQUIRE_PEERS ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test build check format bench screenshots windows packages package-deb package-windows package-test demo-reset clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-15s %s\n' "$$name" "$$what"; done

run: ## open the program; where there is no base yet it asks how to begin (no display: run the demo day, results in out/)
	@.ci/setup build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		.ci/setup desk; \
		echo "run: building (the first time takes some minutes)"; \
		$(GO) build $(FLAGS) -o bin/ ./cmd/ardoise && exec bin/ardoise; \
	else \
		GO="$(GO)" FLAGS="$(FLAGS)" .ci/demo-day out; \
	fi

test: ## every test, real peers included
	@.ci/setup test
	@[ -d "$(SHARED)" ] || echo "test: $(SHARED) is not here, the tests that read it are skipped"
	@echo "test: building both programs"
	@$(GO) build $(FLAGS) -o bin/ ./cmd/ardoise ./cmd/ardoisectl
	@echo "test: suites"
	@$(GO) list $(FLAGS) -f '{{if or .TestGoFiles .XTestGoFiles}}  {{.ImportPath}}{{end}}' $(PACKAGES)
	@ARDOISE_SHARED="$(SHARED)" ARDOISE_REQUIRE_PEERS="$(ARDOISE_REQUIRE_PEERS)" \
		$(GO) test $(FLAGS) -p 2 -timeout 25m $(PACKAGES)

build: ## bin/ardoise and bin/ardoisectl
	@.ci/setup build
	$(GO) build $(FLAGS) -o bin/ ./cmd/ardoise ./cmd/ardoisectl

check: ## gofumpt, vet, staticcheck, deadcode, the layer test, shellcheck
	@.ci/setup build tools
	@echo "check: gofumpt"; found=$$($(GOFUMPT) -l assets cmd data reports ui); \
		[ -z "$$found" ] || { echo "$$found"; echo "check: make format mends these"; exit 1; }
	@echo "check: vet"; $(GO) vet $(FLAGS) $(PACKAGES)
	@echo "check: staticcheck"; $(STATICCHECK) $(FLAGS) $(PACKAGES)
	@echo "check: deadcode"; GO="$(GO)" FLAGS="$(FLAGS)" DEADCODE="$(DEADCODE)" .ci/deadcode $(PACKAGES)
	@echo "check: layers"; $(GO) test $(FLAGS) -count=1 -v -run "^TestLayers|^TestPlanted" ./cmd
	@echo "check: scripts"; shellcheck .ci/run .ci/setup .ci/demo-day .ci/screenshots .ci/deadcode \
		.ci/version .ci/licences .ci/package-deb .ci/windows-resources .ci/package-windows .ci/package-test

format: ## rewrite the sources as gofumpt wants them
	@$(GOFUMPT) -w assets cmd data reports ui

bench: ## Go's benchmarks, then the peers' table on 1,000 families
	@.ci/setup build
	$(GO) test $(FLAGS) -run '^$$' -bench . -benchmem -timeout 30m ./data/... ./reports/...
	@mkdir -p out && rm -f out/bench.db out/bench.db-wal out/bench.db-shm
	$(GO) build $(FLAGS) -o bin/ ./cmd/ardoisectl
	bin/ardoisectl --db out/bench.db demo create --families 1000 --days 144
	bin/ardoisectl --db out/bench.db bench

screenshots: ## a picture of each screen, from the real window, into assets/screenshots
	@.ci/setup build window
	@$(GO) build $(FLAGS) -o bin/ ./cmd/ardoise
	@.ci/screenshots assets/screenshots

windows: ## dist/ardoise.exe and dist/ardoisectl.exe
	@.ci/setup windows
	@.ci/windows-resources
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc \
		$(GO) build $(FLAGS) -ldflags "-s -w -H=windowsgui" -o dist/ardoise.exe ./cmd/ardoise
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc \
		$(GO) build $(FLAGS) -ldflags "-s -w" -o dist/ardoisectl.exe ./cmd/ardoisectl

packages: package-deb package-windows ## both packages, into dist

package-deb: ## dist/ardoise_VERSION_amd64.deb, for Debian and Ubuntu
	@.ci/setup build packages
	$(GO) build $(FLAGS) -ldflags "-s -w" -o dist/linux/ ./cmd/ardoise ./cmd/ardoisectl
	@GO="$(GO)" .ci/package-deb dist/linux dist

package-windows: windows ## dist/ardoise_VERSION_windows_amd64.exe, the installer
	@.ci/setup packages
	@GO="$(GO)" .ci/package-windows dist

package-test: ## the .deb installed, started, updated, removed in a clean root (as root, otherwise skipped)
	@if [ "$$(id -u)" -ne 0 ]; then echo "package-test: skipped, a clean root wants root"; else \
		$(MAKE) --no-print-directory package-deb && .ci/setup package-test && .ci/package-test dist/ardoise_*_amd64.deb; fi

demo-reset: ## forget the demo database: the next make run makes a new one
	@$(GO) build $(FLAGS) -o bin/ ./cmd/ardoisectl
	bin/ardoisectl demo reset

clean: ## remove what was built here (bin, dist, out); data folders are not touched
	rm -rf bin dist out .cache cmd/*/*.syso
