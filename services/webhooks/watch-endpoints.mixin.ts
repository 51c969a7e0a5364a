import { defineMixin } from "../../mixins/define-service.ts";
import { watchRow } from "../../mixins/metrics/watch.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Webhooks } from "./webhooks.context.ts";

const DISABLED = statement<{ disabled: number }>(
	"webhooks.disabledEndpoints",
	`select count(*)::integer as disabled from endpoints
	where deleted_at is null and disabled_reason in ('gone', 'failing')`,
);

/** Shows how many endpoints get nothing any more because deliveries failed; what a person switched off is not meant. */
export const watchEndpoints = defineMixin<Webhooks>({
	created() {
		watchRow(this, DISABLED, {
			disabled: ["stoa_webhook_endpoints_disabled", "Endpoints that were disabled because deliveries failed."],
		});
	},
});
