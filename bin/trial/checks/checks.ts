import type { Check } from "./check.ts";
import { effects, outbox, sequences } from "./facts.ts";
import { ledger, oracle, payments } from "./money.ts";
import { answers, histories, orders, projection, sagas } from "./orders.ts";
import { holds, stock } from "./stock.ts";

/** What must hold once a shop has come to rest, in whatever shape it ran. */
export const CHECKS: readonly Check[] = [
	answers,
	orders,
	payments,
	oracle,
	ledger,
	stock,
	holds,
	sagas,
	outbox,
	effects,
	sequences,
	histories,
	projection,
];
