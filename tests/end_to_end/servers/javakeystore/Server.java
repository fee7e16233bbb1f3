import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A program with a keystore: it reads the store anew for each connection, serves the one entry that it was told,
 * and answers each line with `pong`. Its own settings it reads at its start: port, type, keystore, alias, password.
 */
public class Server {
    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        try (var stream = new FileInputStream(arguments[0])) {
            settings.load(stream);
        }
        var port = Integer.parseInt(settings.getProperty("port"));
        try (var listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                var client = listener.accept();
                new Thread(() -> serve(client, settings)).start();
            }
        }
    }

    static void serve(Socket client, Properties settings) {
        try (client; var socket = secured(client, settings)) {
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            while (lines.readLine() != null) {
                socket.getOutputStream().write("pong\n".getBytes());
            }
        } catch (Exception error) {
            System.err.println(error);
        }
    }

    static SSLSocket secured(Socket client, Properties settings) throws Exception {
        var password = settings.getProperty("password").toCharArray();
        var store = KeyStore.getInstance(settings.getProperty("type"));
        store.load(new java.io.ByteArrayInputStream(Files.readAllBytes(Path.of(settings.getProperty("keystore")))), password);
        var alias = settings.getProperty("alias");
        var key = store.getKey(alias, password);
        var one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry("one", key, password, store.getCertificateChain(alias));
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(one, password);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true);
        socket.setUseClientMode(false);
        return socket;
    }
}
