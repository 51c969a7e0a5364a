import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { cancel } from "../domain/move.ts";
import { MOVE_REASONS } from "../migrations/0003-returns-and-reasons.ts";
import { openOrderStore, save, stored } from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";

let store: OrderStore;
beforeAll(async () => void (store = await openOrderStore()));
afterAll(() => store.close());

const rows = <Row>(text: string, values: readonly unknown[] = []) => store.db.query<Row>(statement("", text), values);

/** An order that was cancelled before reasons had a table of their own. */
async function cancelledWith(reason: string) {
	const { order } = await stored(store.db);
	await save(store.db, order, cancel(order, new Date().toISOString()));
	await rows(
		"update order_events set data = jsonb_build_object('reason', $2::text) where order_id = $1 and type = 'cancelled'",
		[order.id, reason],
	);
	await rows(
		"update outbox set body = (body::jsonb || jsonb_build_object('reason', $2::text))::json where aggregate_id = $1::text",
		[order.id, reason],
	);
	return order.id;
}

/** What is left of a reason: in the event, in the fact and in the table. */
async function traces(id: string) {
	const [found] = await rows<{ event: string; fact: string | null; text: string | null }>(
		`select data ->> 'reason' as event, body ->> 'reason' as fact, text
		from order_events join outbox on aggregate_id = order_id::text
			left join order_reasons on order_reasons.order_id = order_events.order_id
				and order_reasons.version = order_events.version
		where order_events.order_id = $1::uuid and order_events.type = 'cancelled'`,
		[id],
	);
	return found;
}

it("the migration moves what people wrote out of events and facts, and leaves the system's own reasons", async () => {
	const [written, own, code] = [
		await cancelledWith("Ada has moved"),
		await cancelledWith("not paid in time"),
		await cancelledWith("PAYMENT_DECLINED"),
	];
	await rows(`do $migration$ begin execute $sql$${MOVE_REASONS}$sql$; end $migration$`);

	expect(await traces(written)).toEqual({ event: "cancelled on request", fact: null, text: "Ada has moved" });
	expect(await traces(own)).toEqual({ event: "not paid in time", fact: "not paid in time", text: null });
	expect(await traces(code)).toEqual({ event: "PAYMENT_DECLINED", fact: "PAYMENT_DECLINED", text: null });
});
