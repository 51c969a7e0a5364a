import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { keyVariable, serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { OPERATOR } from "../../services/contracts/callers.ts";
import { SERVICES, STORED } from "../services.ts";

const PASSWORDS = ["POSTGRES", "REDIS", "RABBITMQ", "NATS", "MONGODB", "GRAFANA", "ADMIN"] as const;

type Secrets = Record<string, string>;

/**
 * Prints new secrets for a cluster as lines of an env file: `bin/stoa secrets > .env` for docker compose, with
 * `--kubernetes` also the addresses of the servers in k8s/overlays/local. Nothing is stored: print them once.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const { values } = parseArgs({ args: [...parameters], options: { kubernetes: { type: "boolean", default: false } } });
	const secrets = newSecrets();
	const all = values.kubernetes ? { ...secrets, ...addresses(secrets) } : secrets;
	console.log(
		Object.entries(all)
			.map(([name, value]) => `${name}=${value}`)
			.join("\n"),
	);
}

function newSecrets(): Secrets {
	const jwtSecret = randomBytes(48).toString("base64url");
	return {
		JWT_SECRET: jwtSecret,
		WEBHOOK_ENCRYPTION_KEY: randomBytes(32).toString("base64url"),
		...Object.fromEntries([...SERVICES, OPERATOR].map((name) => [keyVariable(name), serviceKeyFrom(jwtSecret, name)])),
		...Object.fromEntries(PASSWORDS.map((name) => [`${name}_PASSWORD`, randomBytes(18).toString("base64url")])),
	};
}

const databaseVariable = (service: string): string => `${service.replace(/s$/, "").toUpperCase()}_DATABASE_URL`;

function addresses(secrets: Secrets): Secrets {
	const databases = STORED.map((service) => [
		databaseVariable(service),
		`postgres://stoa:${secrets.POSTGRES_PASSWORD}@postgres:5432/stoa_${service}`,
	]);
	return {
		...(Object.fromEntries(databases) as Secrets),
		REDIS_URL: `redis://:${secrets.REDIS_PASSWORD}@redis:6379`,
		RABBITMQ_URL: `amqp://stoa:${secrets.RABBITMQ_PASSWORD}@rabbitmq:5672`,
		MONGODB_URL: `mongodb://stoa:${secrets.MONGODB_PASSWORD}@mongodb:27017/stoa?authSource=admin`,
		PAYMENT_PROVIDER_URL: "http://payment-provider:3010",
		ADMIN_EMAIL: "admin@stoa.local",
		SMTP_HOST: "mail",
		SMTP_PORT: "587",
		SMTP_USER: "",
		SMTP_PASSWORD: "",
	};
}
