import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * What a type cannot say and an import rule cannot see. Each block named `stoa/…` is ours;
 * test/architecture plants a violation of every rule in them.
 */
const specs = ["**/*.spec.ts"];
const typeScript = ["**/*.ts"];

const processEnv = {
	object: "process",
	property: "env",
	message: "Read the environment in config.ts, where all of its problems are reported at once.",
};

const envOf = (name) => ({ name, importNames: ["env"], message: processEnv.message });

const passedIn = "A rule is a function of its arguments: have the time, ids and chance passed in.";

const houseRules = {
	"no-console": "error",
	// `== null` asks for both kinds of nothing at once.
	eqeqeq: ["error", "always", { null: "ignore" }],
	"@typescript-eslint/no-explicit-any": "error",
	"@typescript-eslint/no-floating-promises": "error",
	"@typescript-eslint/switch-exhaustiveness-check": "error",
	"@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
	"no-restricted-properties": ["error", processEnv],
	"no-restricted-imports": ["error", ...["process", "node:process"].map(envOf)],
};

const size = {
	"max-lines": ["error", { max: 200, skipBlankLines: true, skipComments: true }],
	"max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
};

const purity = {
	"no-restricted-properties": [
		"error",
		processEnv,
		{ object: "Date", property: "now", message: passedIn },
		{ object: "Math", property: "random", message: passedIn },
	],
	"no-restricted-globals": [
		"error",
		{ name: "crypto", message: passedIn },
		{ name: "performance", message: passedIn },
		{ name: "setTimeout", message: passedIn },
	],
	"no-restricted-syntax": [
		"error",
		{ selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: passedIn },
		{ selector: "CallExpression[callee.name='Date']", message: passedIn },
	],
};

/** Rules of the preset that cost more than they find here, each with its reason. */
const relaxed = {
	// tsc reports unused names already, and lets an underscore mark the intended ones.
	"@typescript-eslint/no-unused-vars": "off",
	// An async function without await still turns a throw into a rejection, which its callers count on.
	"@typescript-eslint/require-await": "off",
	// `query<Row>(sql)` names what the statement returns; no argument could carry that type.
	"@typescript-eslint/no-unnecessary-type-parameters": "off",
	"@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
	"@typescript-eslint/no-confusing-void-expression": [
		"error",
		{ ignoreArrowShorthand: true, ignoreVoidOperator: true },
	],
};

/**
 * Moleculer types a service as `{ [name: string]: any }` and its settings and metadata likewise.
 * Inside a mixin these rules would only be answered by casts, which check nothing either.
 */
const throughMoleculer = {
	"@typescript-eslint/no-unsafe-argument": "off",
	"@typescript-eslint/no-unsafe-assignment": "off",
	"@typescript-eslint/no-unsafe-call": "off",
	"@typescript-eslint/no-unsafe-member-access": "off",
	"@typescript-eslint/no-unsafe-return": "off",
};

export default defineConfig(
	{ ignores: ["coverage/", ".stoa/"] },
	{ linterOptions: { noInlineConfig: true } },
	{ files: typeScript, extends: [tseslint.configs.strictTypeChecked] },
	{
		files: typeScript,
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: relaxed,
	},
	{ name: "stoa/everywhere", files: typeScript, rules: { ...houseRules, "max-depth": ["error", 2] } },
	// A conformance suite is a spec that several implementations run.
	{ name: "stoa/size", files: typeScript, ignores: [...specs, "**/*.conformance.fixture.ts"], rules: size },
	{
		// Where the environment enters, and what talks to a terminal.
		files: ["**/config.ts", "moleculer.config.ts", "{bin,test,bench}/**/*.ts"],
		rules: { "no-restricted-properties": "off", "no-restricted-imports": "off" },
	},
	{ files: ["{bin,test,bench}/**/*.ts"], rules: { "no-console": "off" } },
	{ name: "stoa/domain", files: ["services/*/domain/**/*.ts"], ignores: specs, rules: purity },
	{ files: ["mixins/**/*.ts", ...specs], rules: throughMoleculer },
	{
		// `expect(service.publish)` never calls what it names, and a spec knows its fixture better than the types do.
		files: specs,
		rules: {
			"@typescript-eslint/unbound-method": "off",
			"@typescript-eslint/no-non-null-assertion": "off",
		},
	},
);
