import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Speaks MongoDB's wire protocol: MongodbPeer PORT [TLS_PORT CERTIFICATE KEY]. Both ports show the same documents. */
class MongodbPeer {
	public static void main(String[] args) throws Exception {
		MemoryBackend backend = new MemoryBackend();
		new MongoServer(backend).bind("127.0.0.1", Integer.parseInt(args[0]));
		if (args.length == 1) return;

		MongoServer overTls = new MongoServer(backend);
		overTls.enableSsl(key(Path.of(args[3])), null, certificate(Path.of(args[2])));
		overTls.bind("127.0.0.1", Integer.parseInt(args[1]));
	}

	private static X509Certificate certificate(Path pem) throws Exception {
		try (InputStream in = Files.newInputStream(pem)) {
			return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
		}
	}

	private static PrivateKey key(Path pem) throws Exception {
		String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
		return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
	}
}
