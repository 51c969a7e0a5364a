import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { MailTransport } from "./delivery/mail-transport.ts";

/** `this` inside a consumer or action of notifications. */
export type Notifications = StoaService &
	SqlMethods &
	OutboxMethods & {
		mail: MailTransport;
		/** Tells the sender that a notification is queued, so that it need not wait for its next poll. */
		wakeSender(): void;
	};
