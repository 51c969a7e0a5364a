import { beforeEach, describe, expect, it } from "@jest/globals";
import { FaultyProvider } from "./faulty-provider.fixture.ts";
import type { Fault } from "./faulty-provider.fixture.ts";
import { forgetful } from "./journal.ts";
import { patient } from "./patient-provider.ts";
import type { PaymentProvider } from "./provider.ts";
import { authorizing, capturing, refunding } from "./requests.fixture.ts";
import { TestProvider } from "./test-provider.ts";

const faults: string[] = [];
let line: FaultyProvider;
let provider: PaymentProvider;

beforeEach(() => {
	faults.splice(0);
	line = new FaultyProvider(new TestProvider({ journal: forgetful(), now: () => new Date(0), wait: async () => {} }));
	provider = patient(line, { timeoutMs: 20, report: (fault) => faults.push(fault) });
});

const authorize = () => provider.authorize(authorizing());

describe("a patient provider", () => {
	it("asks nothing when it is answered", async () => {
		expect(await authorize()).toMatchObject({ status: "authorized" });
		expect(line.calls).toEqual(["authorize p:authorize"]);
		expect(faults).toEqual([]);
	});

	it.each<Fault>(["answer lost", "no answer"])("asks what came of the key when there was %s", async (fault) => {
		line.fail("authorize", fault);

		expect(await authorize()).toMatchObject({ status: "authorized" });
		expect(line.calls).toEqual(["authorize p:authorize", "find p:authorize"]);
		expect(faults).toHaveLength(1);
	});

	it("is to be asked again when the provider knows nothing of the key", async () => {
		line.fail("authorize", "request lost");

		await expect(authorize()).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN", code: 503, retryable: true });
		expect(await authorize()).toMatchObject({ status: "authorized" });
	});

	it.each<Fault>(["answer lost", "no answer"])("guesses nothing when the question has %s either", async (fault) => {
		line.fail("authorize", "answer lost");
		line.fail("find", fault);

		await expect(authorize()).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN" });
	});

	it("guesses nothing of what it cannot look at", async () => {
		line.fail("look", "no answer");
		line.fail("list", "answer lost");

		const everything = { from: new Date(0), to: new Date() };
		await expect(provider.look("hold:p:authorize")).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN" });
		await expect(provider.list(everything, null)).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN" });
	});

	it("finds every kind of outcome", async () => {
		const outcome = await authorize();
		const reference = outcome.status === "authorized" ? outcome.reference : "";
		line.fail("capture", "no answer");
		line.fail("refund", "answer lost");
		line.fail("void", "no answer");

		expect(await provider.capture(capturing(reference))).toEqual({ status: "captured" });
		expect(await provider.refund(refunding(reference, 1))).toEqual({ status: "refunded" });
		await expect(provider.void({ key: "p:void", reference })).rejects.toMatchObject({ retryable: true });
	});
});
