/** Node runs the TypeScript as it is; jest has swc strip the types, and nothing else: modules stay native. */
const swc = ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } } }];

const beside = (suffix) => ["services", "mixins", "bin", "bench"].map((root) => `<rootDir>/${root}/**/*${suffix}`);
const dearer = ["[.](int|e2e)[.]spec[.]ts$"];

/** One PostgreSQL for the whole run, started only when a chosen project asks for it. */
const onPostgres = {
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
			...onPostgres,
		}),
		project("contract", ["<rootDir>/test/contract/**/*.spec.ts"]),
		project("e2e", ["<rootDir>/test/e2e/**/*.spec.ts"], { ...onPostgres }),
		project("architecture", ["<rootDir>/test/{architecture,coverage}/**/*.spec.ts"]),
	],
	// Istanbul: v8 would count the lines of types as code. What is measured, test/coverage/gate.ts says.
	coverageProvider: "babel",
};
