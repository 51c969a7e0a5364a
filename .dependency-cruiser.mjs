/** Who may import whom, and why. Each rule has a planted violation in test/architecture. */
/** What runs in tests only, a `.fixture.ts` being what specs start or share. */
const specs = "[.](spec|fixture)[.]ts$";
const service = "^services/(?!contracts/)([^/]+)/";
const ownFolders = "^(services|mixins|bin|bench)/";

/** The package or its types, installed or not; a name that ends in a dash takes its whole family. */
const packages = (...names) =>
	names.map((name) => `(^|node_modules/)(@types/)?${name}${name.endsWith("-") ? "" : "(/|$)"}`);

const stores = packages(
	...["pg", "pg-", "sequelize", "umzug", "mongodb", "moleculer-db", "moleculer-db-"],
	...["ioredis", "amqplib", "nats", "@nats-io"],
);
const http = [
	...packages("moleculer-web", "helmet", "proxy-addr", "raw-body", "swagger-ui-dist", "fastify", "express"),
	"^(node:)?(http|https|http2)$",
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
	forbidden: [
		{
			name: "services-meet-in-contracts",
			comment: "A service knows another only through services/contracts: then either may move to another node.",
			severity: "error",
			from: { path: service },
			to: { path: service, pathNot: "^services/$1/" },
		},
		{
			name: "contracts-stand-alone",
			comment: "A contract that imports code ships that code to every reader.",
			severity: "error",
			from: { path: "^services/contracts/" },
			to: { pathNot: ["^services/contracts/", ...packages("zod", "@jest/globals", "fast-check")] },
		},
		{
			name: "domain-is-pure",
			comment: "Rules take values and return values: no framework, no clock, no store, no package.",
			severity: "error",
			from: { path: "^services/[^/]+/domain/", pathNot: specs },
			to: { pathNot: ["^services/[^/]+/domain/", "^services/contracts/"] },
		},
		{
			name: "handlers-do-not-store",
			comment: "Only storage, migrations and mixins may know a database or broker client; others may name its types.",
			severity: "error",
			from: { path: "^services/", pathNot: ["^services/contracts/", "^services/[^/]+/(domain|storage|migrations)/"] },
			to: { path: stores, dependencyTypesNot: ["type-only"] },
		},
		{
			name: "mixins-know-no-business",
			comment: "A mixin serves every service, so it may name none.",
			severity: "error",
			from: { path: "^mixins/" },
			to: { path: service },
		},
		{
			name: "schema-is-the-root",
			comment: "Services are called, not imported: the broker's loader finds the schemas, a spec loads its own.",
			severity: "error",
			from: { path: ownFolders, pathNot: specs },
			to: { path: "[.]service[.]ts$" },
		},
		{
			name: "only-the-gateway-speaks-http",
			comment:
				"One door means one place for authentication, limits and error pages. A node's own pages are for operators; mixins/outbound is the one way to addresses of outsiders; specs may play a remote server.",
			severity: "error",
			from: {
				path: "^(services|mixins)/",
				pathNot: ["^services/(gateway|node|contracts)/", "^mixins/outbound/", "/domain/", specs],
			},
			to: { path: http },
		},
		{
			name: "commands-are-the-edge",
			comment: "bin and bench start services; a service that imports them cannot run without them.",
			severity: "error",
			from: { path: "^(services|mixins)/(?!contracts/)" },
			to: { path: "^(bin|bench)/" },
		},
		{
			name: "tests-are-not-imported",
			comment: "What a test provides is not there in production.",
			severity: "error",
			from: { path: ownFolders, pathNot: ["^services/contracts/", "/domain/", specs] },
			to: { path: ["^test/", specs] },
		},
		{
			name: "no-cycles",
			comment: "Two modules that need each other are one module, or hide a third.",
			severity: "error",
			from: {},
			to: { circular: true },
		},
		{
			name: "no-orphans",
			comment: "Imported by nothing but its own spec: dead, or not yet wired.",
			severity: "error",
			module: {
				path: ownFolders,
				// What Node is told to load: the commands, and the preload of the chaos test.
				pathNot: ["[.](service|spec|fixture|d)[.]ts$", "/migrations/", "^(bin|bench)/[^/]+[.]ts$", "/register[.]ts$"],
				numberOfDependentsLessThan: 1,
			},
			from: { pathNot: specs },
		},
		{
			name: "no-dev-dependencies-in-production",
			comment: "An image is installed with --omit=dev: such an import fails there, and only there.",
			severity: "error",
			from: { path: "^(services|mixins)/", pathNot: ["^services/contracts/", "/domain/", specs] },
			to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
		},
		{
			name: "no-unlisted-packages",
			comment: "A package that only another package brought along may be gone after its next release.",
			severity: "error",
			from: { path: ownFolders, pathNot: ["^services/contracts/", "/domain/"] },
			to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
		},
	],
	options: {
		tsConfig: { fileName: "tsconfig.json" },
		tsPreCompilationDeps: true,
		doNotFollow: { path: "node_modules" },
		exclude: { path: "^(coverage|[.]stoa)/" },
		enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "require", "default"] },
	},
};
