import { announce, outboxRows } from "../../../mixins/events/outbox.ts";
import type { Cause } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { decimalFromMinor } from "../../contracts/money.ts";
import type { Verdict } from "../domain/judge-row.ts";
import type { Decision } from "../domain/product.ts";

/** The products of a batch, each with its facts as `announce` reads them. */
const GIVEN = `given as materialized (
	select * from json_to_recordset($1::json) as given (id uuid, version integer, name text, description text, sku text,
		price numeric, "categoryId" uuid, "vendorId" uuid, images jsonb, "isActive" boolean, "updatedAt" timestamptz,
		"lowStockThreshold" integer, available integer, facts json)
)`;

const FACTS = `saved as (
	select written.id, written.announced, given.facts from written join given using (id)
), facts as (${announce("saved.facts")})`;

const CREATE = statement<{ id: string }>(
	"importWrites.create",
	`with ${GIVEN}, written as (
		insert into products (id, version, name, description, sku, price, category_id, vendor_id, images, is_active,
			created_at, updated_at, announced)
		select id, version, name, description, sku, price, "categoryId", "vendorId", images, "isActive",
			"updatedAt", "updatedAt", json_array_length(facts)
		from given order by id
		returning id, announced
	), stock as (
		insert into inventory (product_id, low_stock_threshold, initial, available)
		select id, "lowStockThreshold", available, available from given
	), journal as (
		insert into movements (product_id, id, kind, quantity)
		select id, id, 'initial', available from given where available > 0
	), ${FACTS}
	select id from written`,
);

const UPDATE = statement<{ id: string }>(
	"importWrites.update",
	`with ${GIVEN}, written as (
		update products set version = given.version, name = given.name, description = given.description, price = given.price,
			category_id = given."categoryId", vendor_id = given."vendorId", images = given.images,
			is_active = given."isActive", updated_at = given."updatedAt",
			announced = products.announced + json_array_length(given.facts)
		from given where products.id = given.id
		returning products.id, products.announced
	), stock as (
		update inventory set low_stock_threshold = given."lowStockThreshold" from given
		where product_id = given.id and low_stock_threshold <> given."lowStockThreshold"
	), ${FACTS}
	select id from written`,
);

/** Low stock was decided with the details: the stock is held since it was read. */
const MOVE = statement(
	"importWrites.move",
	`with moved as (
		update inventory set available = available + difference, adjusted = adjusted + difference, version = version + 1
		from json_to_recordset($1::json) as given (id uuid, difference integer)
		where product_id = given.id
		returning product_id, difference
	)
	insert into movements (product_id, id, kind, quantity, reason)
	select product_id, $2, 'adjusted', difference, $3 from moved`,
);

export interface Writing {
	readonly cause: Cause;
	readonly currency: string;
	readonly newId: () => string;
	/** Of the movements, why stock moved. */
	readonly reason: string;
}

/** Writes what rows were judged to change, with their facts and movements, in three statements at most. */
export async function writeVerdicts(tx: Queryable, verdicts: readonly Verdict[], writing: Writing): Promise<void> {
	const created = verdicts.flatMap((verdict) => (verdict.kind === "created" ? verdict.decision : []));
	const updated = verdicts.flatMap((verdict) => (verdict.kind === "updated" ? verdict : []));
	const revised = updated.flatMap(({ before, decision }) => (hasRevised(before.version, decision) ? decision : []));
	const moved = updated.filter(({ difference }) => difference !== 0);

	if (created.length > 0) await tx.query(CREATE, [rowsOf(created, writing)]);
	if (revised.length > 0) await tx.query(UPDATE, [rowsOf(revised, writing)]);
	if (moved.length > 0) {
		const differences = moved.map(({ before: { id }, difference }) => ({ id, difference }));
		await tx.query(MOVE, [JSON.stringify(differences), writing.newId(), writing.reason]);
	}
}

const hasRevised = (version: number, { state, events }: Decision): boolean =>
	state.version !== version || events.length > 0;

function rowsOf(decisions: readonly Decision[], { cause, currency, newId }: Writing): string {
	return JSON.stringify(
		decisions.map(({ state: { priceCents, ...state }, events }) => ({
			...state,
			price: decimalFromMinor(priceCents, currency),
			facts: JSON.parse(outboxRows(events, cause, newId)) as unknown,
		})),
	);
}
