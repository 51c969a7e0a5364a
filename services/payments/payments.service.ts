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
import * as methods from "../contracts/payment-methods.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, OPEN, own, SIGNED_IN } from "../contracts/policy.ts";
import { TakeStripeEvent } from "../contracts/provider-events.ts";
import { Reconcile } from "../contracts/reconciliation.ts";
import { ListTransactions } from "../contracts/transactions.ts";
import { authorizePayment } from "./actions/authorize-payment.ts";
import { capturePayment } from "./actions/capture-payment.ts";
import { getPayment } from "./actions/get-payment.ts";
import { listPayments } from "./actions/list-payments.ts";
import { listTransactions } from "./actions/list-transactions.ts";
import { moneyOfOrders } from "./actions/money-of-orders.ts";
import { getMethod, listMethods, removeMethod, saveMethod } from "./actions/payment-methods.ts";
import { pingPayments } from "./actions/ping.ts";
import { reconcileNow } from "./actions/reconcile.ts";
import { refundPart } from "./actions/refund-part.ts";
import { refundPayment } from "./actions/refund-payment.ts";
import { reversePayment } from "./actions/reverse-payment.ts";
import { takeStripeEvent } from "./actions/take-stripe-event.ts";
import { eraseUser, exportUser } from "./actions/user-data.ts";
import { ledgerAudit, orphanAudit } from "./audits.ts";
import { config } from "./config.ts";
import { follower } from "./following/follower.mixin.ts";
import type { Payments } from "./payments.context.ts";
import { paymentProvider } from "./providers/payment-provider.mixin.ts";
import { providerAudit, reconcileDaily } from "./reconciliation/daily.ts";
import { recoverRefunds } from "./settlement/recover-refunds.ts";
import { paymentRepository } from "./storage/payment.repository.ts";
import { forgetEvents } from "./storage/provider-events.ts";

/** Above the longest a payment provider is waited for and then asked. */
const REFUND_TIMEOUT_MS = 15_000;

/** An operator's, for a long window. */
const RECONCILE_TIMEOUT_MS = 600_000;

const SIGNED_BODY = { as: "raw", accepts: ["application/json"], headers: ["stripe-signature"] } as const;

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
		follower(),
		upkeep(() => [finishRefunds, forgetAnswers, forgetEvents, reconcileDaily]),
		integrity([outboxAge, ledgerAudit, orphanAudit, providerAudit]),
	],

	actions: {
		// Steps of the checkout saga: safe to repeat, in any order.
		authorize: internal(contracts.AuthorizePayment, authorizePayment),
		capture: internal(contracts.CapturePayment, capturePayment),
		reverse: internal(contracts.ReversePayment, reversePayment),
		// Step of a return: safe to repeat.
		refundPart: internal(contracts.RefundPart, refundPart),

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

		// The provider's own voice: signed, and only a reason to look.
		stripeEvent: action(
			TakeStripeEvent,
			{ rest: "POST /webhooks/stripe", policy: OPEN, body: SIGNED_BODY },
			takeStripeEvent,
		),

		// Ways to pay that customers keep.
		saveMethod: action(
			methods.SaveMethod,
			{ rest: "POST /payments/methods", policy: SIGNED_IN, status: 201, location: "/payments/methods/:id" },
			saveMethod,
		),
		methods: action(methods.ListMethods, { rest: "GET /payments/methods", policy: SIGNED_IN }, listMethods),
		method: action(methods.GetMethod, { rest: "GET /payments/methods/:id", policy: SIGNED_IN }, getMethod),
		removeMethod: action(
			methods.RemoveMethod,
			{ rest: "DELETE /payments/methods/:id", policy: SIGNED_IN, status: 204 },
			removeMethod,
		),
		eraseUser: internal(methods.ErasePaymentsUser, eraseUser),
		exportUser: query(methods.ExportPaymentsUser, exportUser),

		get: action(contracts.GetPayment, { rest: "GET /payments/:id", policy: SIGNED_IN }, getPayment),
		ofUser: action(contracts.ListPayments, { rest: "GET /payments/user/:userId", policy: own("userId") }, listPayments),
		transactions: action(
			ListTransactions,
			{ rest: "GET /payments/:id/transactions", policy: SIGNED_IN },
			listTransactions,
		),
		ofOrders: query(MoneyOfOrders, moneyOfOrders),
		reconcile: Object.assign(internal(Reconcile, reconcileNow), { timeout: RECONCILE_TIMEOUT_MS }),
		ping: query(ping("payments"), pingPayments),
	},
});
