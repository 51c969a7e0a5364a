/** Node runs the TypeScript as it is; jest has swc strip the types, and nothing else: modules stay native. */
const swc = ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } } }];

const beside = (suffix) => ["services", "mixins", "bin", "bench"].map((root) => `<rootDir>/${root}/**/*${suffix}`);
const dearer = ["[.](int|e2e)[.]spec[.]ts$"];

/** The servers of the whole run, started only when a chosen project asks for them. */
const onServers = {
	globalSetup: "<rootDir>/test/database/start.mjs",
	globalTeardown: "<rootDir>/test/database/stop.mjs",
};

const project = (displayName, testMatch, options = {}) => ({
	displayName,
	testMatch,
	extensionsToTreatAsEsm: [".ts"],
	transform: { "[.]ts$": swc },
	modulePathIgnorePatterns: ["<rootDir>/[.]stoa/", "<rootDir>/coverage/"],
	...options,
});

/** @type {import("jest").Config} */
export default {
	// A project's own testTimeout is ignored by jest 30: the dearest test, a whole shop under load, sets it for all.
	testTimeout: 120_000,
	// A project per cost: what a test needs decides how long it may take and when it runs.
	projects: [
		project("unit", beside(".spec.ts"), { testPathIgnorePatterns: ["/node_modules/", ...dearer] }),
		project("integration", beside(".int.spec.ts"), {
			...onServers,
		}),
		project("tls", ["<rootDir>/test/tls/**/*.spec.ts"], { ...onServers }),
		project("contract", ["<rootDir>/test/contract/**/*.spec.ts"]),
		project("e2e", ["<rootDir>/test/e2e/**/!(cluster-*).spec.ts"], { ...onServers }),
		// The same specs with every service in a process of its own; what says so in its name is about one shape only.
		project("e2e-cluster", ["<rootDir>/test/e2e/**/!(laptop-*|order-budget).spec.ts"], {
			...onServers,
			testEnvironment: "<rootDir>/test/support/cluster-environment.mjs",
		}),
		// Who may do what, and what strangers try; in the laptop shape.
		project("security", ["<rootDir>/test/security/**/*.spec.ts"], { ...onServers }),
		// Seeded stories of customers, staff and a provider that repeats itself; SEQUENCES says how many.
		project("sequences", ["<rootDir>/test/sequences/**/*.spec.ts"], { ...onServers }),
		// What the cluster promises when a part of it dies; it is measured, so nothing else should run beside it.
		project("failover", ["<rootDir>/test/failover/**/*.spec.ts"], {
			...onServers,
			testEnvironment: "<rootDir>/test/support/cluster-environment.mjs",
		}),
		project("manifests", ["<rootDir>/test/manifests/**/*.spec.ts"]),
		project("architecture", ["<rootDir>/test/{architecture,coverage,support}/**/*.spec.ts"]),
	],
	// Istanbul: v8 would count the lines of types as code. What is measured, test/coverage/gate.ts says.
	coverageProvider: "babel",
};
