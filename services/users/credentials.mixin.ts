import type { ServiceSchema } from "moleculer";
import { serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { defineMixin } from "../../mixins/define-service.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import { sharedCounters } from "../../mixins/redis/shared-counters.ts";
import type { SharedCounters } from "../../mixins/redis/shared-counters.ts";
import { LoginThrottle } from "./passwords/login-throttle.ts";
import type { Logins } from "./passwords/login-throttle.ts";
import { PasswordHasher } from "./passwords/password-hasher.ts";
import { SharedLogins } from "./storage/shared-logins.ts";
import { LinkTokens } from "./tokens/link-tokens.ts";
import { signingKeyFrom } from "./tokens/signing-key.ts";
import type { SigningKey } from "./tokens/signing-key.ts";

export interface CredentialMembers {
	readonly signingKey: SigningKey;
	/** The key by which a service proves its name. */
	readonly serviceKeyOf: (service: string) => string;
	/** The secrets in mailed links. */
	readonly links: LinkTokens;
	readonly passwords: PasswordHasher;
	readonly logins: Logins;
}

export interface CredentialOptions {
	/** Read when the service is created. */
	readonly secret: () => string;
	/** The Redis of the cluster shape, where all nodes count failed logins together. */
	readonly shared: () => { readonly redisUrl: string | undefined; readonly namespace: string };
}

type This = StoaService & { counters: SharedCounters | undefined } & {
	-readonly [K in keyof CredentialMembers]: CredentialMembers[K];
};

/** Gives users its signing key, the keys of the services, the secrets of links, its password hasher and its login throttle. */
export function credentials({ secret, shared }: CredentialOptions): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const given = secret();
			this.signingKey = signingKeyFrom(given);
			this.serviceKeyOf = (service) => serviceKeyFrom(given, service);
			this.links = new LinkTokens(given);
			this.passwords = new PasswordHasher();
			this.counters = sharedCounters(shared(), this.logger);
			this.logins = this.counters === undefined ? new LoginThrottle() : new SharedLogins(this.counters);
		},

		stopped() {
			this.counters?.close();
		},
	});
}
