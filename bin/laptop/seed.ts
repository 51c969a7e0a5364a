import type { ServiceBroker } from "moleculer";
import { call } from "../../services/contracts/action.ts";
import { SeedProducts } from "../../services/contracts/products.ts";
import { EnsureAdmin } from "../../services/contracts/users.ts";

export interface Admin {
	readonly email: string;
	/** What to tell the person about the password: itself only when it was made up just now. */
	readonly hint: string;
}

/** Fills an empty shop: an administrator and a demo catalogue. What is there already stays as it is. */
export async function seed(broker: ServiceBroker, env: NodeJS.ProcessEnv, madeUp: string): Promise<Admin> {
	const email = env.ADMIN_EMAIL || "admin@stoa.local";
	const password = env.ADMIN_PASSWORD || madeUp;
	const { created } = await call(broker, EnsureAdmin, { email, password });
	await call(broker, SeedProducts, {});
	return { email, hint: hintOf(created, env, password) };
}

function hintOf(isNew: boolean, env: NodeJS.ProcessEnv, password: string): string {
	if (env.ADMIN_PASSWORD) return "(the password of ADMIN_PASSWORD, if the account was made with it)";
	return isNew ? `password ${password}   (shown once)` : "(its password was printed at the first start)";
}
