import type { StoaService } from "../../mixins/define-service.ts";
import type { Worker } from "../../mixins/events/worker.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { WebhooksConfig } from "./config.ts";
import type { SecretBox } from "./signing/secret-box.ts";

/** `this` inside an action or consumer of webhooks. */
export type Webhooks = StoaService &
	SqlMethods & {
		readonly config: WebhooksConfig;
		readonly secrets: SecretBox;
		readonly sender: Worker;
		/** The attempts under way in this process. */
		readonly sending: Set<Promise<void>>;
		/** Tells the sender that something is due, so that it need not wait for its next poll. */
		wakeSender(): void;
	};
