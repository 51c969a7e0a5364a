import { forgetAnswers } from "../../mixins/operations.ts";
import { purge } from "../../mixins/sql/purge.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import type { Notifications } from "./notifications.context.ts";
import { PURGE_UNKNOWN } from "./storage/order-customers.ts";
import { PURGE_SUPPRESSIONS } from "./storage/suppressions.ts";

const EVERY_MS = 3_600_000;

const liftSuppressions: Chore<Notifications> = {
	name: "lift old suppressions",
	everyMs: EVERY_MS,
	work: ({ db }) => purge(db, PURGE_SUPPRESSIONS),
};

const forgetRefunds: Chore<Notifications> = {
	name: "forget refunds of orders that were never announced",
	everyMs: EVERY_MS,
	work: ({ db }) => purge(db, PURGE_UNKNOWN),
};

/** What notifications do by themselves, beside sending. */
export const chores = [forgetAnswers, liftSuppressions, forgetRefunds];
