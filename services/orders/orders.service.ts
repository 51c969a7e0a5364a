import { aggregate } from "../../mixins/aggregate.mixin.ts";
import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { consumer, inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { inboxStuck, outboxAge, sagasOverdue } from "../../mixins/integrity/stuck.ts";
import { forgetAnswers } from "../../mixins/operations.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sagas } from "../../mixins/saga.mixin.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import { KnownOrders } from "../contracts/integrity.ts";
import { ListUserOrders, OrderHistory } from "../contracts/order-lists.ts";
import { CancelOrder, GetOrder, ListOrders, PayOrder, PlaceOrder, SetOrderStatus } from "../contracts/orders.ts";
import { PaymentRefunded } from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, CUSTOMER, own, SIGNED_IN } from "../contracts/policy.ts";
import { eraseOf, exportOf } from "../contracts/privacy.ts";
import * as back from "../contracts/returns.ts";
import { cancelOrder, setOrderStatus } from "./actions/cancel-order.ts";
import { acceptReturn, refuseReturn } from "./actions/decide-return.ts";
import { getOrder } from "./actions/get-order.ts";
import { knownOrders } from "./actions/known-orders.ts";
import { listOrders, listUserOrders } from "./actions/list-orders.ts";
import { getReturn, listReturns } from "./actions/list-returns.ts";
import { orderHistory } from "./actions/order-history.ts";
import { payOrder } from "./actions/pay-order.ts";
import { pingOrders } from "./actions/ping.ts";
import { placeOrder } from "./actions/place-order.ts";
import { eraseUser, exportUser } from "./actions/privacy.ts";
import { requestReturn } from "./actions/request-return.ts";
import { historyAudit, settlementAudit } from "./audits.ts";
import { config } from "./config.ts";
import { onPaymentRefunded } from "./consumers/on-payment-refunded.ts";
import { checkout } from "./sagas/checkout.saga.ts";
import { hold } from "./sagas/hold.saga.ts";
import { payment } from "./sagas/payment.saga.ts";
import { returns } from "./sagas/return.saga.ts";
import { unwind } from "./sagas/unwind.saga.ts";
import { orderRepository } from "./storage/order.repository.ts";

/**
 * Orders: from a customer's basket to a delivered parcel.
 *
 *     pending → confirmed → processing → shipped → delivered → returned
 *        │          └────────────┴─→ cancelled
 *        └─→ rejected | cancelled
 *
 *     return    requested → accepted → completed
 *                   └─→ refused | superseded
 *
 * An order is its events; the tables are a projection written in the same statement. Sagas in this
 * service reserve stock and take payments; products and payments are known by contract only.
 */
export default defineService({
	name: "orders",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		outbox(),
		aggregate(orderRepository),
		inbox([consumer("orders.recordRefund", PaymentRefunded, onPaymentRefunded)]),
		sagas([checkout, hold, payment, unwind, returns]),
		upkeep(() => [forgetAnswers]),
		integrity([outboxAge, inboxStuck, sagasOverdue, historyAudit, settlementAudit]),
	],

	created() {
		this.config = config();
	},

	actions: {
		// Commands: one order, one transaction, its events in the same commit.
		place: action(
			PlaceOrder,
			{
				rest: "POST /orders",
				policy: CUSTOMER,
				status: 201,
				location: "/orders/:id",
				idempotent: true,
				mayBeLate: true,
			},
			placeOrder,
		),
		pay: action(
			PayOrder,
			{ rest: "POST /payments/process", policy: SIGNED_IN, status: 201, location: "/payments/:id", idempotent: true },
			payOrder,
		),
		cancel: action(
			CancelOrder,
			{ rest: ["POST /orders/:id/cancel", "DELETE /orders/:id"], policy: SIGNED_IN, idempotent: true },
			cancelOrder,
		),
		setStatus: action(
			SetOrderStatus,
			{ rest: "PUT /orders/:id/status", policy: ADMIN, idempotent: true },
			setOrderStatus,
		),
		requestReturn: action(
			back.RequestReturn,
			{
				...{ rest: "POST /orders/:id/return", policy: SIGNED_IN, idempotent: true },
				...{ status: 201, location: "/orders/:orderId/returns/:id" },
			},
			requestReturn,
		),
		acceptReturn: action(
			back.AcceptReturn,
			{ rest: "POST /orders/:id/returns/:returnId/accept", policy: ADMIN, idempotent: true },
			acceptReturn,
		),
		refuseReturn: action(
			back.RefuseReturn,
			{ rest: "POST /orders/:id/returns/:returnId/refuse", policy: ADMIN, idempotent: true },
			refuseReturn,
		),
		eraseUser: internal(eraseOf("orders"), eraseUser),

		// Queries
		get: action(GetOrder, { rest: "GET /orders/:id", policy: SIGNED_IN }, getOrder),
		list: action(ListOrders, { rest: "GET /orders", policy: SIGNED_IN }, listOrders),
		ofUser: action(
			ListUserOrders,
			{ rest: ["GET /orders/user/:userId", "GET /users/:userId/orders"], policy: own("userId") },
			listUserOrders,
		),
		events: action(OrderHistory, { rest: "GET /orders/:id/events", policy: SIGNED_IN }, orderHistory),
		returns: action(back.ListReturns, { rest: "GET /orders/:id/returns", policy: SIGNED_IN }, listReturns),
		getReturn: action(back.GetReturn, { rest: "GET /orders/:id/returns/:returnId", policy: SIGNED_IN }, getReturn),
		exportUser: query(exportOf("orders"), exportUser),
		known: query(KnownOrders, knownOrders),
		ping: query(ping("orders"), pingOrders),
	},
});
