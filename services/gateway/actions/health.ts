import type { Ctx } from "../../../mixins/define-service.ts";
import type { Health } from "../../contracts/platform.ts";
import type { Gateway } from "../gateway.context.ts";

export async function health(this: Gateway, ctx: Ctx<typeof Health>) {
	const report = await this.healthCheck();
	if (report.status === "unhealthy") ctx.meta.$statusCode = 503;
	return report;
}
