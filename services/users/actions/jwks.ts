import type { ResultOf } from "../../contracts/action.ts";
import type { Jwks } from "../../contracts/users.ts";
import type { Users } from "../users.context.ts";

export async function jwks(this: Users): Promise<ResultOf<typeof Jwks>> {
	return { keys: [this.signingKey.publicJwk] };
}
