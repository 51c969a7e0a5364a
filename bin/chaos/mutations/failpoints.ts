import type { Mutation } from "./mutation.ts";

/** The name of a place between two steps where a process can be told to die. */
const dieAt = (point: string): string => `globalThis.stoaFailpoint(${JSON.stringify(point)});`;

/** The lines, then the place to die. */
function after(point: string, file: string, lines: string) {
	return { file, find: lines, replace: `${lines}\n${dieAt(point)}` };
}

function before(point: string, file: string, lines: string) {
	return { file, find: lines, replace: `${dieAt(point)}\n${lines}` };
}

const COMMITTED = "after commit, before publish";
const CONFIRMED = "after confirm, before mark";
const APPLIED = "after effect, before ack";
const CHARGED = "after the provider, before the record";
const UNDOING = "mid-compensation";

/** Where a crash hurts most: something has happened outside, and nothing here says so yet. */
export const FAILPOINTS: readonly Mutation[] = [
	{
		name: COMMITTED,
		meaning: "facts are committed and nobody has heard of them",
		edits: [before(COMMITTED, "mixins/events/relay.ts", "\tconst published = await bus.publish(pending);")],
	},
	{
		name: CONFIRMED,
		meaning: "the broker has the facts, and the outbox does not know",
		edits: [after(CONFIRMED, "mixins/events/relay.ts", "\tconst published = await bus.publish(pending);")],
	},
	{
		name: APPLIED,
		meaning: "a fact has taken effect, and the broker will deliver it again",
		edits: [
			{
				file: "mixins/events/rabbitmq/queue-reader.ts",
				find: "\t\tif (isDone) await quietly(async () => channel.ack(message));",
				replace: `if (isDone) ${dieAt(APPLIED)} if (isDone) await quietly(async () => channel.ack(message));`,
			},
			after(
				APPLIED,
				"mixins/events/jetstream/reader.ts",
				"\t\t\tawait subscriber.handle({ consumer, message: fact, cameBefore: deliveries > 1 });",
			),
		],
	},
	{
		name: CHARGED,
		meaning: "the provider has moved money, and no row says so",
		edits: [
			after(
				CHARGED,
				"services/payments/settlement/settle-authorization.ts",
				"\tconst outcome = await service.provider.authorize(request);",
			),
			after(
				CHARGED,
				"services/payments/actions/capture-payment.ts",
				"\tconst outcome = await this.provider.capture({ key: keys.capture, reference, amountCents, currency });",
			),
			after(
				CHARGED,
				"services/payments/settlement/settle-refund.ts",
				`\tconst outcome = await service.provider.refund({ key, reference: reference ?? "", amountCents, currency });`,
			),
			after(
				CHARGED,
				"services/payments/settlement/reverse.ts",
				"\tconst release = await service.provider.void({ key: keys.void, reference });",
			),
		],
	},
	{
		name: UNDOING,
		meaning: "a refused saga has undone some of its steps",
		edits: [
			after(
				UNDOING,
				"mixins/saga/driver.ts",
				"\t\tawait insist(driver, run, async () => step.undo?.call(driver.service, run));",
			),
		],
	},
];
