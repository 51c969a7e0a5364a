import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ROOT } from "../../laptop/home.ts";
import { arm, hitsIn, prepareFailpoints } from "./failpoint.ts";

const POINT = "after confirm, before mark";
/** Publishes one fact to a bus and an outbox that are not there, and tells what it did. */
const RELAY = `
	const { relayOnce } = await import("${ROOT}/mixins/events/relay.ts");
	const db = { query: async ({ name }) => (console.log(name), name === "outbox.pending" ? [{ id: "1" }] : []) };
	const bus = { publish: async () => (console.log("publish"), new Set(["1"])) };
	await relayOnce({ db, bus, owner: "a" }, 1);
`;

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "stoa-register-"));
	prepareFailpoints(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function relay(mutations: readonly string[]) {
	const env = { ...process.env, STOA_CHAOS_FOLDER: folder, STOA_CHAOS_MUTATIONS: JSON.stringify(mutations) };
	const args = ["--disable-warning=ExperimentalWarning", "--import", `${ROOT}/bin/chaos/mutations/register.ts`];
	const node = `${ROOT}/node_modules/.bin/node`;
	const { stdout, stderr, signal } = spawnSync(node, [...args, "--input-type=module", "-e", RELAY], { env });
	return { did: stdout.toString().trim().split("\n"), signal, errors: stderr.toString() };
}

describe("the loader of mutations", () => {
	it("leaves the program as it is where none is named", () => {
		arm(folder, POINT);
		expect(relay([])).toMatchObject({ did: ["outbox.pending", "publish", "outbox.mark"], signal: null });
	});

	it("kills the process at an armed failpoint, between one step and the next", () => {
		arm(folder, POINT);
		expect(relay([POINT])).toMatchObject({ did: ["outbox.pending", "publish"], signal: "SIGKILL" });
		expect(hitsIn(folder)).toMatchObject([{ point: POINT }]);
	});

	it("takes a safeguard away: facts are marked as published before the broker has answered", () => {
		const { did } = relay([POINT, "unconfirmed-publishing"]);
		expect(did).toEqual(["outbox.pending", "publish", "outbox.mark"]);
	});

	it("refuses a name that means nothing", () => {
		expect(relay(["typo"]).errors).toContain("There is no mutation typo");
	});
});
