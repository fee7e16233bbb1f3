import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.HexFormat;

/**
 * Reads lines of type, file, alias and passphrase, tabs between them, and answers each with what Java makes of that
 * store: aliases, date, the SHA-256 of each certificate, and whether the key signs for the leaf; or what is wrong.
 */
public class Judge {
    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = lines.readLine()) != null; ) {
            var fields = line.split("\t");
            try {
                out.println(judge(fields[0], fields[1], fields[2], fields[3].toCharArray()));
            } catch (Exception error) {
                var cause = error.getCause() == null ? "" : ": " + error.getCause().getMessage();
                out.println("refused: " + error.getMessage() + cause);
            }
        }
    }

    static String judge(String type, String file, String alias, char[] passphrase) throws Exception {
        var store = KeyStore.getInstance(type);
        // Java's provider for one type would read the other as well.
        if (!KeyStore.getInstance(new java.io.File(file), passphrase).getType().equalsIgnoreCase(type)) {
            return "another type";
        }
        try (var stream = new FileInputStream(file)) {
            store.load(stream, passphrase);
        }
        Key key = store.getKey(alias, passphrase);
        Certificate[] chain = store.getCertificateChain(alias);
        var words = new StringBuilder(String.join(",", Collections.list(store.aliases())));
        // PKCS#12 has no date: Java would answer with now.
        words.append(' ').append(type.equals("JKS") ? store.getCreationDate(alias).getTime() / 1000 : 0);
        for (Certificate certificate : chain) {
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            words.append(' ').append(HexFormat.of().formatHex(digest));
        }
        return words.append(signs((PrivateKey) key, chain[0]) ? " signs" : " does not sign").toString();
    }

    static boolean signs(PrivateKey key, Certificate leaf) throws Exception {
        var name = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        var signature = Signature.getInstance(name);
        signature.initSign(key);
        signature.update((byte) 42);
        var bytes = signature.sign();
        signature.initVerify(leaf.getPublicKey());
        signature.update((byte) 42);
        return signature.verify(bytes);
    }
}
