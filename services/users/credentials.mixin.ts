import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../mixins/define-service.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import { Worker } from "../../mixins/events/worker.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import { LoginThrottle } from "./passwords/login-throttle.ts";
import { PasswordHasher } from "./passwords/password-hasher.ts";
import { purgeSessions } from "./storage/sessions.ts";
import { signingKeyFrom } from "./tokens/signing-key.ts";
import type { SigningKey } from "./tokens/signing-key.ts";

const PURGE_EVERY_MS = 10 * 60_000;

export interface CredentialMembers {
	readonly signingKey: SigningKey;
	readonly passwords: PasswordHasher;
	readonly logins: LoginThrottle;
}

export interface CredentialOptions {
	/** Read when the service is created. */
	readonly secret: () => string;
}

type This = StoaService &
	SqlMethods & { -readonly [K in keyof CredentialMembers]: CredentialMembers[K] } & { sessionPurge: Worker };

/** Gives users its signing key, its password hasher and its login throttle, and forgets sessions that expired. */
export function credentials({ secret }: CredentialOptions): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			this.signingKey = signingKeyFrom(secret());
			this.passwords = new PasswordHasher();
			this.logins = new LoginThrottle();
			const report = (error: unknown) => this.logger.warn("Session purge failed, will try again:", error);
			this.sessionPurge = new Worker(() => purgeSessions(this.db, this.now()), PURGE_EVERY_MS, report);
		},

		started() {
			this.sessionPurge.start();
		},

		async stopped() {
			await this.sessionPurge.stop();
		},
	});
}
