import type { Ctx } from "../../../mixins/define-service.ts";
import type { ReadUpload } from "../../contracts/bodies.ts";
import type { Gateway } from "../gateway.context.ts";

export async function readUpload(this: Gateway, ctx: Ctx<typeof ReadUpload>) {
	const bytes = await this.uploads.next(ctx.params.id);
	return { chunk: bytes?.toString("base64") ?? null };
}
