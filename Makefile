# The verbs of the project; README.md, .ci/run and people use the same. The work is in deploy/local.

.DEFAULT_GOAL := help
.PHONY: help demo run db psql routes test openapi-test bench faults drill-units browser-test lint docs stop install

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, start everything, walk through the main journey, leave it running (CONFIGURATION=release)
	@DEMO_CONFIGURATION='$(or $(CONFIGURATION),debug)' deploy/local/demo.sh

run: ## build one service and run it here, on the database of the demo (SERVICE=client, cinema, admin or sandbox)
	@RUN_SERVICE='$(SERVICE)' RUN_ONLY='$(ONLY)' deploy/local/run.sh

db: ## the database of the demo alone, with schema, cities and movies
	@deploy/local/db.sh

psql: ## a shell on it
	@deploy/local/db.sh psql

routes: ## every call, what it needs, and where it is declared (FILTER=word for some)
	@deploy/local/routes.py $(if $(FILTER),'$(FILTER)')

test: ## all tests, on a throw-away PostgreSQL (FILTER=name for some)
	@deploy/local/test.sh $(if $(FILTER),--filter "$$FILTER")

openapi-test: ## the services under requests made up from their OpenAPI documents, EXAMPLES (50) for each call, and a generated client
	@OPENAPI_EXAMPLES='$(or $(EXAMPLES),50)' deploy/local/test.sh --filter 'OpenAPIDocumentTests|OpenAPITrialTests|GeneratedClientTests'

bench: ## the figures of the second promise, on a release build (ONLY=booking_ratio,…, ROUNDS=5, SECONDS=8, OLD=1000000)
	@BENCH_ONLY='$(ONLY)' BENCH_ROUNDS='$(ROUNDS)' BENCH_SECONDS='$(SECONDS)' BENCH_OLD='$(OLD)' deploy/local/bench.sh

faults: ## real binaries under faults for SECONDS (60), then the books are checked (SEED=…, CONTROL=1, CONFIGURATION=debug)
	@FAULTS_SECONDS='$(or $(SECONDS),60)' FAULTS_SEED='$(SEED)' FAULTS_CONTROL='$(CONTROL)' \
		FAULTS_CONFIGURATION='$(or $(CONFIGURATION),release)' deploy/local/faults.sh

drill-units: ## the units under a real systemd: database absent, away or hung, crashes, signals; as root (DRILL_BINARIES=folder)
	@deploy/local/drill-units.sh

browser-test: ## a web page of another origin books and pays in headless Chromium, through CORS alone (BINARIES=folder)
	@BROWSER_BINARIES='$(BINARIES)' deploy/local/browser-test.sh

lint: ## formatting, warnings, who may use whom, scripts, units, generated documents
	@deploy/local/lint.sh

docs: ## writes docs/api.md from the endpoint tables, docs/settings.md and docs/metrics.md from the declarations
	@WRITE_API_REFERENCE=1 deploy/local/test.sh --filter 'APIReferenceTests|SettingsPageTests|MetricsPageTests'

stop: ## stop what `make demo` left running
	@deploy/local/stop.sh

install: ## release binaries, units and sample configuration into DESTDIR
	@deploy/local/install.sh '$(DESTDIR)'
