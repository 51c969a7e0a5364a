import type { Ctx } from "../../../mixins/define-service.ts";
import type { Ready } from "../../contracts/platform.ts";
import type { Gateway } from "../gateway.context.ts";

/** Not ready while draining, so that no balancer sends more; aliases exist as soon as a service answers. */
export async function ready(this: Gateway, ctx: Ctx<typeof Ready>) {
	const status = this.isDraining ? "unhealthy" : (await this.healthCheck()).status;
	if (status === "unhealthy") ctx.meta.$statusCode = 503;
	return { status, timestamp: this.now().toISOString() };
}
