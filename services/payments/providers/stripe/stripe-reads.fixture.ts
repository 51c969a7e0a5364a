import type { Form } from "./form.fixture.ts";
import { missing } from "./stripe-objects.fixture.ts";
import type { StubIntent } from "./stripe-objects.fixture.ts";
import type { StripeWorld } from "./stripe-world.fixture.ts";

/** Answers a GET. @throws StubRefusal */
export function answerRead(world: StripeWorld, route: string, form: Form, searchLagMs: number): object {
	const [, , kind, id] = route.split("/");
	if (kind === "refunds") return listOf(route, world.refunds.get(form.payment_intent ?? "") ?? [], form);
	if (kind === "disputes") return listOf(route, world.disputes.get(form.payment_intent ?? "") ?? [], form);
	if (kind === "payment_methods" && id !== undefined) return world.method(id);
	if (kind !== "payment_intents") throw missing("route", route);
	if (id === "search") return found(world, form, searchLagMs);
	return id === undefined ? intents(world, form) : shown(world, world.intent(id), form, "");
}

/** Newest first, from a moment on, a page at a time. */
function intents(world: StripeWorld, form: Form): object {
	const { gte = "0", lt = "99999999999" } = form.created ?? {};
	const made = [...world.intents.values()].reverse();
	const rows = made.filter(({ created }) => created >= Number(gte) && created < Number(lt));
	const page = listOf("/v1/payment_intents", rows, form);
	return { ...page, data: page.data.map((intent) => shown(world, intent, form, "data.")) };
}

function listOf<Row extends { readonly id: string }>(url: string, rows: readonly Row[], form: Form) {
	const start = form.starting_after === undefined ? 0 : rows.findIndex(({ id }) => id === form.starting_after) + 1;
	const end = start + Number(form.limit ?? 10);
	return { object: "list", url, has_more: end < rows.length, data: rows.slice(start, end) };
}

/** By metadata only, e.g. `metadata['paymentId']:'…'`; what was made a moment ago is not found yet. */
function found(world: StripeWorld, { query = "" }: Form, lagMs: number): object {
	const [, name = "", value] = /^metadata\['([^']+)'\]:'([^']*)'$/.exec(query) ?? [];
	const indexedUntil = world.now().getTime() - lagMs;
	const isIndexed = ({ created }: StubIntent) => created * 1_000 <= indexedUntil;
	const data = world.labelled(name, value ?? "").filter(isIndexed);
	return { object: "search_result", url: "/v1/payment_intents/search", has_more: false, next_page: null, data };
}

/** The charge stands in the place of its id when the request asked for it. */
function shown(world: StripeWorld, intent: StubIntent, form: Form, prefix: string): object {
	const wanted = Object.values(form.expand ?? {});
	const isExpanded = wanted.some((path) => path.startsWith(`${prefix}latest_charge`));
	if (!isExpanded || intent.latest_charge === null) return intent;

	const refunds = { object: "list", has_more: false, data: world.refunds.get(intent.id) ?? [], url: "/v1/refunds" };
	const hasRefunds = wanted.includes(`${prefix}latest_charge.refunds`);
	return { ...intent, latest_charge: { ...world.chargeOf(intent), ...(hasRefunds && { refunds }) } };
}
