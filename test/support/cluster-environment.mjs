import { TestEnvironment } from "jest-environment-node";

/** Where the servers are that a cluster stands on. */
const SERVERS = ["SERVICES_DATABASE", "REDIS", "RABBITMQ", "MONGODB"].map((name) => `STOA_TEST_${name}_URL`);

/**
 * Tells the specs of the shop that this run is about the cluster shape. Where a server that a cluster stands on could
 * not start, they are skipped: the start of the run has named it, and with CI=true has failed.
 */
export default class ClusterEnvironment extends TestEnvironment {
	async setup() {
		await super.setup();
		this.global.stoaShape = "cluster";
	}

	handleTestEvent({ name }, { rootDescribeBlock }) {
		if (name === "run_start" && SERVERS.some((variable) => !process.env[variable])) skip(rootDescribeBlock);
	}
}

function skip(block) {
	for (const child of block.children) {
		if (child.type === "test") child.mode = "skip";
		else skip(child);
	}
}
