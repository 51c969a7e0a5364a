import { aggregate } from "../../mixins/aggregate.mixin.ts";
import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { outboxAge } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { forgetAnswers } from "../../mixins/operations.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import { MoneyOfOrders } from "../contracts/integrity.ts";
import * as contracts from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, own, SIGNED_IN } from "../contracts/policy.ts";
import { authorizePayment } from "./actions/authorize-payment.ts";
import { capturePayment } from "./actions/capture-payment.ts";
import { getPayment } from "./actions/get-payment.ts";
import { listPayments } from "./actions/list-payments.ts";
import { moneyOfOrders } from "./actions/money-of-orders.ts";
import { pingPayments } from "./actions/ping.ts";
import { refundPayment } from "./actions/refund-payment.ts";
import { reversePayment } from "./actions/reverse-payment.ts";
import { ledgerAudit, orphanAudit } from "./audits.ts";
import { config } from "./config.ts";
import type { Payments } from "./payments.context.ts";
import { paymentProvider } from "./providers/payment-provider.mixin.ts";
import { recoverRefunds } from "./settlement/recover-refunds.ts";
import { paymentRepository } from "./storage/payment.repository.ts";

/** Above the longest a payment provider is waited for and then asked. */
const REFUND_TIMEOUT_MS = 15_000;

const finishRefunds: Chore<Payments> = { name: "finish refunds", everyMs: 5_000, work: recoverRefunds };

/**
 * Payments: holds, takes and gives back the money of orders, and keeps the ledger of it.
 *
 *     pending → authorized → captured → partially_refunded → refunded
 *        │          │            └──────────────────────────────┘
 *        │          └→ voided
 *        └→ failed (declined)
 *
 * Knows the provider by its interface; no outcome of it is ever guessed.
 */
export default defineService({
	name: "payments",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		aggregate(paymentRepository),
		outbox(),
		paymentProvider(config),
		upkeep(() => [finishRefunds, forgetAnswers]),
		integrity([outboxAge, ledgerAudit, orphanAudit]),
	],

	actions: {
		// Steps of the checkout saga: safe to repeat, in any order.
		authorize: internal(contracts.AuthorizePayment, authorizePayment),
		capture: internal(contracts.CapturePayment, capturePayment),
		reverse: internal(contracts.ReversePayment, reversePayment),

		refund: action(
			contracts.RefundPayment,
			{
				rest: "POST /payments/refund",
				policy: ADMIN,
				status: 201,
				location: "/payments/:id",
				idempotent: true,
				timeout: REFUND_TIMEOUT_MS,
			},
			refundPayment,
		),

		get: action(contracts.GetPayment, { rest: "GET /payments/:id", policy: SIGNED_IN }, getPayment),
		ofUser: action(contracts.ListPayments, { rest: "GET /payments/user/:userId", policy: own("userId") }, listPayments),
		ofOrders: query(MoneyOfOrders, moneyOfOrders),
		ping: query(ping("payments"), pingPayments),
	},
});
