import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { Documents } from "../../mixins/documents/documents.ts";
import type { Lag } from "../../mixins/documents/lag.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { CatalogueEntry } from "../contracts/browsing.ts";
import type { AnswerMethods } from "./cache/answers.ts";
import type { ProductsConfig } from "./config.ts";
import type { Decision, Product } from "./domain/product.ts";
import type { ViewCounter } from "./insights/view-counter.ts";

/** `this` inside a products handler. */
export type Products = StoaService & {
	readonly config: ProductsConfig;
	/** The projection of what is on sale. */
	readonly catalogue: Documents<CatalogueEntry>;
	readonly catalogueLag: Lag;
	releaseExpired(): Promise<number>;
	/** Who looked at what; written down once a second. */
	readonly views: ViewCounter;
	/** Tells the workers of this node that an import waits. */
	wakeImports(): void;
	/** No import is begun, nor gone on with. */
	isStoppingImports: boolean;
} & SqlMethods &
	AnswerMethods &
	OutboxMethods &
	AggregateMethods<Product, Decision>;
