import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { NotificationsConfig } from "./config.ts";
import type { Channels } from "./providers/channels.ts";

/** `this` inside a consumer or action of notifications. */
export type Notifications = StoaService &
	SqlMethods &
	OutboxMethods & {
		config: NotificationsConfig;
		channels: Channels;
		/** Tells the lanes that notifications are queued, so that they need not wait for their next poll. */
		wakeLanes(): void;
	};
