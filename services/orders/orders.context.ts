import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SagaMethods } from "../../mixins/saga.mixin.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { OrdersConfig } from "./config.ts";
import type { Decision } from "./domain/decision.ts";
import type { Order } from "./domain/order.ts";
import type { OrderRider } from "./storage/order.repository.ts";

/** `this` inside an orders handler. */
export type Orders = StoaService & { readonly config: OrdersConfig } & SqlMethods &
	OutboxMethods &
	SagaMethods &
	AggregateMethods<Order, Decision, OrderRider>;
