import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { ProductsConfig } from "./config.ts";
import type { Decision, Product } from "./domain/product.ts";

/** `this` inside a products handler. */
export type Products = StoaService & {
	readonly config: ProductsConfig;
	releaseExpired(): Promise<number>;
} & SqlMethods &
	OutboxMethods &
	AggregateMethods<Product, Decision>;
