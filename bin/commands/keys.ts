import { z } from "zod";
import { keyVariable, serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { readConfig } from "../../mixins/config.ts";
import { OPERATOR } from "../../services/contracts/callers.ts";
import { SERVICES } from "../services.ts";

const SECRET_BYTES = 32;
const tooShort = `is required and has at least ${SECRET_BYTES} bytes: the one of the users service`;

const Schema = z.object({
	JWT_SECRET: z.string(tooShort).refine((secret) => Buffer.byteLength(secret) >= SECRET_BYTES, tooShort),
});

/**
 * Prints the service keys of a cluster as lines of an env file. They follow from JWT_SECRET, so they need
 * no store; only the users service and whoever hands out keys should have that secret.
 */
export async function run(): Promise<void> {
	const { JWT_SECRET } = readConfig(Schema, process.env);
	for (const service of [...SERVICES, OPERATOR]) {
		console.log(`${keyVariable(service)}=${serviceKeyFrom(JWT_SECRET, service)}`);
	}
}
