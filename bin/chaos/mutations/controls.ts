import type { Mutation } from "./mutation.ts";

/** A safeguard taken away, and what must notice. */
export interface Control extends Mutation {
	/** The invariant that turns red. */
	readonly expected: string;
}

const SAGA_STORE = "mixins/saga/saga-store.ts";

/** Each must turn the run red: an invariant that stays green without its safeguard shows nothing. */
export const CONTROLS: readonly Control[] = [
	{
		name: "unconfirmed-publishing",
		meaning: "the relay marks facts as published, whether the broker is there and has them or not",
		expected: "inbox",
		edits: [
			{
				file: "mixins/events/relay.ts",
				find: "const published = await bus.publish(pending);",
				replace:
					"void bus.publish(pending).catch(() => undefined); const published = new Set(pending.map(({ id }) => id));",
			},
			{
				file: "mixins/events/relay.ts",
				find: "if (!options.bus.isConnected()) return;",
				replace: "",
			},
		],
	},
	{
		name: "inbox-off",
		meaning: "a fact takes effect whether the inbox has seen it before or not",
		expected: "effects",
		edits: [
			{
				file: "mixins/inbox.mixin.ts",
				find: "const fresh = await mark(tx, consumer.name, messages);",
				replace: "await mark(tx, consumer.name, messages); const fresh = messages;",
			},
		],
	},
	{
		name: "random-provider-key",
		meaning: "each try of a charge goes to the provider under a key of its own",
		expected: "oracle",
		edits: [
			{
				file: "services/payments/settlement/settle-authorization.ts",
				find: "const request = { key: keys.authorize,",
				replace: "const request = { key: `${keys.authorize}:${crypto.randomUUID()}`,",
			},
		],
	},
	{
		name: "fence-removed",
		meaning: "an owner that was paused beyond its lease goes on writing the saga that another has taken over",
		expected: "fence",
		edits: [
			{
				file: SAGA_STORE,
				find: "where id = ${id}::uuid and fence = ${fence}::bigint and state <> 'done' for update`",
				replace: "where id = ${id}::uuid and ${fence}::bigint > 0 for update`",
			},
			{
				file: SAGA_STORE,
				find: "where id = $1 and fence = $2 and state in ('running', 'committed') returning 1 as ok`",
				replace: "where id = $1 and $2::bigint > 0 returning 1 as ok`",
			},
			{
				file: SAGA_STORE,
				find: "finished_at = now() where id = $1 and fence = $2 returning 1 as ok",
				replace: "finished_at = now() where id = $1 and $2::bigint > 0 returning 1 as ok",
			},
		],
	},
	{
		name: "compensation-skipped",
		meaning: "a refused saga ends without undoing its steps",
		expected: "holds",
		edits: [
			{
				file: "mixins/saga/driver.ts",
				find: "definition.steps.slice(0, run.reached).reverse()",
				replace: "definition.steps.slice(0, 0)",
			},
		],
	},
];
