"""Serves the fake of WinRM over HTTPS: `fake_server.py DIRECTORY SCRIPTS`, with tls.pem and tls.key in the directory. The
port is written to the file `port`."""

import base64
import http.server
import os
import pathlib
import ssl
import sys
import xml.etree.ElementTree as ET

from fake_winrm import Fault, Service

ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">
<s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:11111111-1111-1111-1111-111111111111</a:MessageID>
<a:RelatesTo>{relates}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"""
FAULT = """<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason>
<s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}"/></s:Detail></s:Fault>"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.service.lock:
            answer = self.judge(body)
            self.service.note()
        if answer is None:
            self.close_connection = True
            return
        status, text = answer
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="WSMAN"')
        self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def judge(self, body):
        """Status and text, or nothing where the line is cut."""
        service, relates, action = self.service, "", ""
        settings = service.settings
        known = base64.b64encode(f"{settings['user']}:{settings['password']}".encode()).decode()
        if self.headers.get("Authorization") != "Basic " + known:
            service.refused += 1
            return 401, ""
        try:
            if self.path != "/wsman" or self.headers.get("Content-Type") != "application/soap+xml;charset=UTF-8":
                raise Fault("violation", "path or content type")
            envelope = ET.fromstring(body)
            action, relates, selectors, options = service.header(envelope, self.server.server_port)
            name = action.rsplit("/", 1)[1]
            step = service.step(name, envelope[1])
            service.steps.append(step)
            fault = service.fault(step)
            if fault == "cut-before":
                return None
            if fault == "401":
                return 401, ""
            if fault and fault.startswith("fault "):
                raise Fault(fault.removeprefix("fault "), "by order of the test")
            try:
                answer = service.act(name, selectors, options, envelope[1])
            finally:
                if fault == "cut-behind":
                    return None  # whatever the answer would have been
            relates = "uuid:of-another-message" if fault == "other" else relates
            return 200, ENVELOPE.format(action=action + "Response", relates=relates, body=answer)
        except Fault as fault:
            if fault.code == "violation":
                service.violations.append(str(fault))
            text = FAULT.format(code=fault.code, reason=fault)
            return 500, ENVELOPE.format(action="http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", relates=relates, body=text)
        except Exception as error:  # whatever else the message broke
            service.violations.append(f"{type(error).__name__}: {error}")
            return 500, ""


def main():
    directory = pathlib.Path(sys.argv[1])
    Handler.service = Service(directory, pathlib.Path(sys.argv[2]))
    Handler.service.note()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "tls.pem", directory / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    (directory / "port.new").write_text(str(server.server_port))
    os.replace(directory / "port.new", directory / "port")
    server.serve_forever()


main()
