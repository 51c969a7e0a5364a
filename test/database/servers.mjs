/**
 * Brings up the servers that `bin/stoa services` knows and the environment does not name yet, and names them to the
 * tests. They stay up after the run: the next one then finds them.
 *
 * @throws where CI is true and one of them does not start
 */
export async function startServers() {
	const { TEST_VARIABLES } = await import("../../bin/servers/test-variables.ts");
	const { bringUp, failuresOf, sitesOf } = await import("../../bin/servers/shared.ts");
	const { testEnvironment } = await import("../../bin/servers/environment.ts");

	const isGiven = (name) => Object.values(TEST_VARIABLES[name]).every((variable) => process.env[variable]);
	const wanted = Object.keys(TEST_VARIABLES).filter((name) => !isGiven(name));
	if (wanted.length === 0) return;

	const outcomes = await tried(wanted, () => bringUp(wanted, process.env, whatTakesLong));
	const up = outcomes.filter(({ failure }) => failure === undefined).map(({ name }) => name);
	if (up.length > 0) give(testEnvironment(sitesOf(process.env), up));
	tellAbsent(failuresOf(outcomes));
}

/** What keeps even the first of them from being tried, keeps all of them. */
async function tried(names, bringUp) {
	try {
		return await bringUp();
	} catch (error) {
		return names.map((name) => ({ name, failure: error.message }));
	}
}

/** One that is up already is no news. */
function whatTakesLong(line) {
	if (!line.endsWith("is up")) console.log(`servers: ${line}`);
}

function give(variables) {
	for (const [name, value] of Object.entries(variables)) process.env[name] ||= value;
}

function tellAbsent(failures) {
	if (failures.length === 0) return;
	if (process.env.CI === "true")
		throw new Error(["With CI=true no test is skipped, and these servers did not start.", ...failures].join("\n"));
	const frame = "!".repeat(100);
	const told = ["THESE SERVERS DID NOT START, AND THE TESTS THAT NEED THEM ARE SKIPPED.", ...failures];
	console.warn(["", frame, ...told, frame, ""].join("\n"));
}
