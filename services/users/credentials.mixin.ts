import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../mixins/define-service.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import { LoginThrottle } from "./passwords/login-throttle.ts";
import { PasswordHasher } from "./passwords/password-hasher.ts";
import { signingKeyFrom } from "./tokens/signing-key.ts";
import type { SigningKey } from "./tokens/signing-key.ts";

export interface CredentialMembers {
	readonly signingKey: SigningKey;
	readonly passwords: PasswordHasher;
	readonly logins: LoginThrottle;
}

export interface CredentialOptions {
	/** Read when the service is created. */
	readonly secret: () => string;
}

type This = StoaService & { -readonly [K in keyof CredentialMembers]: CredentialMembers[K] };

/** Gives users its signing key, its password hasher and its login throttle. */
export function credentials({ secret }: CredentialOptions): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			this.signingKey = signingKeyFrom(secret());
			this.passwords = new PasswordHasher();
			this.logins = new LoginThrottle();
		},
	});
}
