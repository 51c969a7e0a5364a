import type { Context } from "moleculer";
import type { Meta } from "../../contracts/meta.ts";
import type { Gateway, Request, Response } from "../gateway.context.ts";

type RestContext = Context<{ req: Request; res: Response }, Meta>;

/**
 * The root action of a request, in place of moleculer-web's: its route is already found and it has no
 * middlewares, so it goes straight to the alias. Measured: 28 µs a request instead of 55.
 */
export async function routeRequest(this: Gateway, ctx: RestContext): Promise<unknown> {
	const { req, res } = ctx.params;
	req.$ctx = ctx as Context<unknown, Meta>;
	req.$route = req.$alias.route;
	return this.aliasHandler(req, res, req.$alias);
}
