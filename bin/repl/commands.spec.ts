import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { DeadLetterNotFound } from "../../services/contracts/operations.ts";
import { OPERATOR_COMMANDS } from "./commands.ts";

const ID = "01980000-0000-7000-8000-0000000000a1";
const AT = "2026-01-02T03:04:05.000Z";

let said: string[] = [];
let asked: [name: string, params: unknown][] = [];
/** What the gateway's actions answer. */
const answers = new Map<string, unknown>();

beforeEach(() => {
	jest.spyOn(console, "log").mockImplementation((text: string) => void said.push(...text.split("\n")));
});
afterEach(() => {
	jest.restoreAllMocks();
	said = [];
	asked = [];
	answers.clear();
});

const broker = {
	call: async (name: string, params: unknown) => {
		asked.push([name, params]);
		const answer = answers.get(name);
		if (answer instanceof Error) throw answer;
		return answer;
	},
} as unknown as ServiceBroker;

function type(line: string): Promise<void> {
	const [name = "", verb, id] = line.split(" ");
	const command = OPERATOR_COMMANDS.find((each) => each.command.split(" ")[0] === name);
	if (command === undefined) throw new Error(`There is no command ${name}.`);
	return command.action(broker, { ...(verb && { verb }), ...(id && { id }) });
}

const letter = {
	...{ id: "abc", service: "orders", consumer: "orders.recordRefund", event: "payment.refunded", messageId: ID },
	...{ aggregate: { type: "payment", id: ID }, error: "Error: no", attempts: 5, since: AT, body: {} },
};
const saga = {
	...{ id: ID, service: "orders", type: "checkout", subjectId: ID, state: "compensating", needsAttention: true },
	...{ attempts: 9, lastError: "Error: no", steps: [], step: "undo authorize", owner: "b", fence: 2, leaseUntil: AT },
	...{ nextRunAt: AT, deadlineAt: null, createdAt: AT, finishedAt: null },
	timeline: [{ at: AT, event: "putOff", step: "undo authorize", attempts: 9, fence: 2, by: "b", error: "Error: no" }],
};

describe("dead-letters", () => {
	it("lists them, and says who could not be asked", async () => {
		answers.set("gateway.deadLetters", { rows: [letter], nextCursor: "more", unreachable: ["users"] });
		await type("dead-letters");

		expect(said).toEqual([
			"abc",
			`  payment.refunded of payment ${ID} at orders.recordRefund, given up ${AT} after 5 tries`,
			"  Error: no",
			"There are more.",
			"Not asked, for they cannot be reached: users.",
		]);
	});

	it("says when there is none", async () => {
		answers.set("gateway.deadLetters", { rows: [], nextCursor: null, unreachable: [] });
		await type("dead-letters");

		expect(said).toEqual(["No dead letters."]);
	});

	it.each([
		["replay", "gateway.replayDeadLetter", "Pending again."],
		["discard", "gateway.discardDeadLetter", "Discarded."],
	])("%s does so with one", async (verb, action, told) => {
		await type(`dead-letters ${verb} abc`);

		expect([asked, said]).toEqual([[[action, { id: "abc" }]], [told]]);
	});

	it("tells a refusal in its own words", async () => {
		answers.set("gateway.replayDeadLetter", new DeadLetterNotFound());
		await type("dead-letters replay abc");

		expect(said).toEqual([expect.stringContaining("There is no such dead letter")]);
	});
});

describe("sagas", () => {
	it("lists them with what happened to them", async () => {
		answers.set("gateway.sagas", { rows: [saga], nextCursor: null, unreachable: [] });
		await type("sagas");

		expect(said).toEqual([
			`${ID}  NEEDS ATTENTION`,
			`  orders checkout of ${ID} is compensating at "undo authorize"; 9 faults in a row, next run ${AT}`,
			"  owner b, fence 2; Error: no",
			`    ${AT} putOff by b undo authorize Error: no`,
		]);
	});

	it("makes one due", async () => {
		answers.set("gateway.retrySaga", saga);
		await type(`sagas retry ${ID}`);

		expect([asked, said]).toEqual([[["gateway.retrySaga", { id: ID }]], [`The checkout of ${ID} is due now.`]]);
	});
});

describe("integrity", () => {
	const service = { name: "orders", isComplete: true, checked: 7, unchecked: [] };

	it("says that all adds up", async () => {
		answers.set("gateway.integrity", { isClean: true, findings: [], services: [service, service], unreachable: [] });
		await type("integrity");

		expect(said).toEqual(["All 14 things that were looked at add up."]);
	});

	it("says what does not, and what could not be looked at", async () => {
		const partial = { ...service, isComplete: false, unchecked: [{ audit: "open sagas", reason: "SERVICE_BUSY" }] };
		const finding = { service: "orders", kind: "order-stuck", subject: "order 1", detail: "is pending", since: AT };
		answers.set("gateway.integrity", { isClean: false, findings: [finding], services: [partial], unreachable: [] });
		await type("integrity");

		expect(said).toEqual([
			"1 findings in 7 things.",
			`orders order-stuck, order 1: is pending (since ${AT})`,
			"orders could not look at open sagas: SERVICE_BUSY",
			"More than could be looked at in time: orders.",
		]);
	});
});

it.each(["dead-letters bury abc", "dead-letters replay", "sagas forget 1", "sagas retry"])(
	"does nothing on %s, but says what may be said",
	async (line) => {
		await type(line);

		expect(asked).toEqual([]);
		expect(said).toEqual([expect.stringMatching(/^Say (dead-letters|sagas)/)]);
	},
);
